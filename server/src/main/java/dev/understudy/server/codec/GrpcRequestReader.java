package dev.understudy.server.codec;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import dev.understudy.server.proto.InferParameter;
import dev.understudy.server.proto.ModelInferRequest;
import dev.understudy.server.proto.ModelInferRequest.InferInputTensor;
import dev.understudy.server.proto.ModelInferRequest.InferRequestedOutputTensor;
import dev.understudy.tensor.DataType;
import dev.understudy.tensor.Shape;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads a ModelInferRequest in one pass over its bytes, leaving what was found in the fields. Not thread-safe; one per
/// message.
///
/// The generated parser reads the same messages, but copies every `bytes` field, and builds objects of many times a
/// hostile message's size before anybody can refuse it. Here tensors stay where they are and everything else is counted.
final class GrpcRequestReader {
    /// More fields than any model needs, few enough to be walked over on an event loop.
    private static final int FIELDS_MAX = 1 << 16;

    private static final int TAG_BITS = 3;
    private static final int MODEL_NAME = ModelInferRequest.MODEL_NAME_FIELD_NUMBER << TAG_BITS
            | WireFormat.WIRETYPE_LENGTH_DELIMITED;
    private static final int MODEL_VERSION = ModelInferRequest.MODEL_VERSION_FIELD_NUMBER << TAG_BITS
            | WireFormat.WIRETYPE_LENGTH_DELIMITED;
    private static final int ID = ModelInferRequest.ID_FIELD_NUMBER << TAG_BITS
            | WireFormat.WIRETYPE_LENGTH_DELIMITED;
    private static final int PARAMETER = ModelInferRequest.PARAMETERS_FIELD_NUMBER << TAG_BITS
            | WireFormat.WIRETYPE_LENGTH_DELIMITED;
    private static final int INPUT = ModelInferRequest.INPUTS_FIELD_NUMBER << TAG_BITS
            | WireFormat.WIRETYPE_LENGTH_DELIMITED;
    private static final int OUTPUT = ModelInferRequest.OUTPUTS_FIELD_NUMBER << TAG_BITS
            | WireFormat.WIRETYPE_LENGTH_DELIMITED;
    private static final int RAW = ModelInferRequest.RAW_INPUT_CONTENTS_FIELD_NUMBER << TAG_BITS
            | WireFormat.WIRETYPE_LENGTH_DELIMITED;
    private static final int INPUT_NAME = InferInputTensor.NAME_FIELD_NUMBER << TAG_BITS
            | WireFormat.WIRETYPE_LENGTH_DELIMITED;
    private static final int INPUT_DATATYPE = InferInputTensor.DATATYPE_FIELD_NUMBER << TAG_BITS
            | WireFormat.WIRETYPE_LENGTH_DELIMITED;
    private static final int INPUT_SHAPE = InferInputTensor.SHAPE_FIELD_NUMBER << TAG_BITS
            | WireFormat.WIRETYPE_LENGTH_DELIMITED;
    private static final int INPUT_DIMENSION = InferInputTensor.SHAPE_FIELD_NUMBER << TAG_BITS
            | WireFormat.WIRETYPE_VARINT;
    private static final int INPUT_PARAMETER = InferInputTensor.PARAMETERS_FIELD_NUMBER << TAG_BITS
            | WireFormat.WIRETYPE_LENGTH_DELIMITED;
    private static final int INPUT_CONTENTS = InferInputTensor.CONTENTS_FIELD_NUMBER << TAG_BITS
            | WireFormat.WIRETYPE_LENGTH_DELIMITED;
    private static final int OUTPUT_NAME = InferRequestedOutputTensor.NAME_FIELD_NUMBER << TAG_BITS
            | WireFormat.WIRETYPE_LENGTH_DELIMITED;
    private static final int OUTPUT_PARAMETER = InferRequestedOutputTensor.PARAMETERS_FIELD_NUMBER << TAG_BITS
            | WireFormat.WIRETYPE_LENGTH_DELIMITED;
    /// A map's entries have a key and a value.
    private static final int ENTRY_KEY = 1 << TAG_BITS | WireFormat.WIRETYPE_LENGTH_DELIMITED;
    private static final int ENTRY_VALUE = 2 << TAG_BITS | WireFormat.WIRETYPE_LENGTH_DELIMITED;
    private static final int INT64_PARAMETER = InferParameter.INT64_PARAM_FIELD_NUMBER << TAG_BITS
            | WireFormat.WIRETYPE_VARINT;
    private static final int UINT64_PARAMETER = InferParameter.UINT64_PARAM_FIELD_NUMBER << TAG_BITS
            | WireFormat.WIRETYPE_VARINT;
    private static final int STRING_PARAMETER = InferParameter.STRING_PARAM_FIELD_NUMBER << TAG_BITS
            | WireFormat.WIRETYPE_LENGTH_DELIMITED;

    private final byte[] bytes;
    private final int offset;
    private final CodedInputStream in;
    private int fields;

    String model = "";
    String version = "";
    String id = "";
    @Nullable
    String segment;
    final List<Input> inputs = new ArrayList<>(4);
    final Set<String> outputs = new LinkedHashSet<>(4);
    /// How many of the greatest elements are wanted in an output's place, for those outputs that are to be classified.
    final Map<String, Integer> classes = new HashMap<>(4);
    final List<MemorySegment> raw = new ArrayList<>(4);

    /// One input and the places of its typed contents: one, or several that protobuf says to read as one.
    record Input(InputDraft draft, List<ByteBuffer> contents) {}

    /// A parameter; `text` is null when its value is no string, `count` below 0 when it is no integer of at least 0.
    private record Parameter(String name, @Nullable String text, long count) {}

    /// A reader of `length` bytes of `bytes` from `offset`, which must not change afterwards.
    GrpcRequestReader(byte[] bytes, int offset, int length) {
        this.bytes = bytes;
        this.offset = offset;
        in = CodedInputStream.newInstance(bytes, offset, length);
    }

    /// Bytes read so far.
    int position() {
        return in.getTotalBytesRead();
    }

    /// Reads everything.
    void read() throws IOException, Refusal {
        for (int tag = nextTag(); tag != 0; tag = nextTag()) {
            switch (tag) {
                case MODEL_NAME -> model = in.readStringRequireUtf8();
                case MODEL_VERSION -> version = in.readStringRequireUtf8();
                case ID -> id = in.readStringRequireUtf8();
                case PARAMETER -> {
                    Parameter parameter = readParameter();
                    if (parameter.name().equals("segment")) {
                        segment = requireText(parameter);
                    }
                }
                case INPUT -> readInput();
                case OUTPUT -> readOutput();
                case RAW -> {
                    requireFewer(raw.size(), "raw_input_contents");
                    raw.add(MemorySegment.ofBuffer(skipBytes()));
                }
                default -> skip(tag);
            }
        }
    }

    private void readInput() throws IOException, Refusal {
        requireFewer(inputs.size(), "inputs");
        InputDraft draft = new InputDraft(inputs.size());
        List<ByteBuffer> contents = new ArrayList<>(1);
        long[] dims = new long[4];
        int rank = 0;
        int outer = enter();
        for (int tag = nextTag(); tag != 0; tag = nextTag()) {
            switch (tag) {
                case INPUT_NAME -> draft.name = in.readStringRequireUtf8();
                case INPUT_DATATYPE -> draft.datatype = datatype(draft, in.readStringRequireUtf8());
                case INPUT_SHAPE -> {
                    int shape = enter();
                    while (!in.isAtEnd()) {
                        dims = append(draft, dims, rank++, in.readInt64());
                    }
                    in.popLimit(shape);
                }
                case INPUT_DIMENSION -> dims = append(draft, dims, rank++, in.readInt64());
                case INPUT_PARAMETER -> {
                    if (readParameter().name().equals("shared_memory_region")) {
                        throw draft.refuse("shared memory is not supported: send the data itself");
                    }
                }
                case INPUT_CONTENTS -> contents.add(skipBytes());
                default -> skip(tag);
            }
        }
        in.popLimit(outer);
        draft.shape = Shape.of(Arrays.copyOf(dims, rank));
        inputs.add(new Input(draft, contents));
    }

    private static DataType datatype(InputDraft draft, String text) throws Refusal {
        DataType type = DataType.byName(text);
        if (type == null) {
            throw draft.refuseDatatype(text);
        }
        return type;
    }

    private static long[] append(InputDraft draft, long[] dims, int rank, long dim) throws Refusal {
        if (dim < 0) {
            throw draft.refuseDimension(Long.toString(dim));
        }
        if (rank == InputDraft.RANK_MAX) {
            throw draft.refuseRank();
        }
        long[] room = rank < dims.length ? dims : Arrays.copyOf(dims, rank * 2);
        room[rank] = dim;
        return room;
    }

    private void readOutput() throws IOException, Refusal {
        requireFewer(outputs.size(), "outputs");
        String name = "";
        long wanted = 0;
        int outer = enter();
        for (int tag = nextTag(); tag != 0; tag = nextTag()) {
            switch (tag) {
                case OUTPUT_NAME -> name = in.readStringRequireUtf8();
                case OUTPUT_PARAMETER -> {
                    Parameter parameter = readParameter();
                    switch (parameter.name()) {
                        case "classification" -> wanted = requireCount(parameter);
                        // Ignoring it would answer otherwise than was asked for.
                        case "shared_memory_region" ->
                            throw new Refusal("shared memory is not supported for outputs");
                        default -> {
                            // Other parameters are hints, or somebody else's.
                        }
                    }
                }
                default -> skip(tag);
            }
        }
        in.popLimit(outer);
        if (!outputs.add(name)) {
            throw new Refusal("output '" + JsonFields.abbreviate(name) + "' is requested twice");
        }
        if (wanted > 0) {
            classes.put(name, (int) Math.min(Integer.MAX_VALUE, wanted));
        }
    }

    private Parameter readParameter() throws IOException, Refusal {
        String name = "";
        String text = null;
        long count = -1;
        int outer = enter();
        for (int tag = nextTag(); tag != 0; tag = nextTag()) {
            switch (tag) {
                case ENTRY_KEY -> name = in.readStringRequireUtf8();
                case ENTRY_VALUE -> {
                    int entry = enter();
                    for (int choice = nextTag(); choice != 0; choice = nextTag()) {
                        text = null;
                        count = -1;
                        switch (choice) {
                            case STRING_PARAMETER -> text = in.readStringRequireUtf8();
                            case INT64_PARAMETER, UINT64_PARAMETER -> count = in.readInt64();
                            default -> skip(choice);
                        }
                    }
                    in.popLimit(entry);
                }
                default -> skip(tag);
            }
        }
        in.popLimit(outer);
        return new Parameter(name, text, count);
    }

    private static String requireText(Parameter parameter) throws Refusal {
        String text = parameter.text();
        if (text == null) {
            throw new Refusal("parameter '" + parameter.name() + "' must be a string");
        }
        return text;
    }

    private static long requireCount(Parameter parameter) throws Refusal {
        if (parameter.count() < 0) {
            throw new Refusal("parameter '" + parameter.name() + "' must be an integer of at least 0");
        }
        return parameter.count();
    }

    private int nextTag() throws IOException, Refusal {
        if (++fields > FIELDS_MAX) {
            throw new Refusal("the request has more than " + FIELDS_MAX + " protobuf fields");
        }
        return in.readTag();
    }

    /// Confines reading to the message that begins here; returns the limit that held before.
    private int enter() throws IOException {
        return in.pushLimit(in.readRawVarint32());
    }

    /// Passes over a field's bytes, and returns where they stand.
    private ByteBuffer skipBytes() throws IOException {
        int length = in.readRawVarint32();
        int at = offset + in.getTotalBytesRead();
        in.skipRawBytes(length);
        return ByteBuffer.wrap(bytes, at, length);
    }

    private void skip(int tag) throws IOException {
        if (!in.skipField(tag)) {
            throw new InvalidProtocolBufferException("a group ends that did not begin");
        }
    }

    private static void requireFewer(int count, String field) throws Refusal {
        if (count == InputDraft.TENSORS_MAX) {
            throw new Refusal("'" + field + "' has more than " + InputDraft.TENSORS_MAX + " entries");
        }
    }
}
