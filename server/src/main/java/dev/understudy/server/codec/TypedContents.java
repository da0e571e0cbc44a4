package dev.understudy.server.codec;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import dev.understudy.server.codec.GrpcRequestReader.Input;
import dev.understudy.server.proto.InferTensorContents;
import dev.understudy.tensor.DataType;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Turns the typed contents of one input into the tensor's layout. Not thread-safe; one per input.
///
/// The elements are counted before anything is allocated for them, so that a shape that is not filled costs nothing.
final class TypedContents {
    private static final int TAG_BITS = 3;
    /// The greatest Java array.
    private static final int TENSOR_BYTES_MAX = Integer.MAX_VALUE - 8;

    private final InputDraft input;
    private final DataType datatype;
    private final int field;
    private long elements;
    /// Bytes of all elements of BYTES, without their lengths.
    private long stringBytes;

    private TypedContents(InputDraft input) throws Refusal {
        this.input = input;
        datatype = input.requireDatatype();
        field = field(datatype);
        if (field == 0) {
            throw input.refuse(datatype + " has no typed contents: send it in 'raw_input_contents'");
        }
    }

    /// What [#read] will allocate at most: an integer of 8 bytes may have come as one.
    static long bytesMax(Input input) {
        DataType datatype = input.draft().datatype;
        long bytes = 0;
        for (ByteBuffer contents : input.contents()) {
            bytes += contents.remaining();
        }
        return switch (datatype) {
            case INT16, UINT16 -> 2 * bytes;
            case INT32, UINT32 -> 4 * bytes;
            case INT64, UINT64 -> 8 * bytes;
            // An empty string comes as a tag and a length and becomes a length of four bytes.
            case BYTES -> 2 * bytes;
            case BOOL, INT8, UINT8, FP32, FP64 -> bytes;
            case FP16, BF16 -> 0;
            case null -> 0;
        };
    }

    /// The elements of an input's typed contents.
    static MemorySegment read(Input input) throws Refusal {
        TypedContents contents = new TypedContents(input.draft());
        try {
            for (ByteBuffer typed : input.contents()) {
                contents.count(CodedInputStream.newInstance(typed));
            }
            ByteBuffer out = contents.allocate();
            for (ByteBuffer typed : input.contents()) {
                contents.copy(typed, out);
            }
            return MemorySegment.ofBuffer(out.flip());
        } catch (IOException malformed) {
            throw input.draft().refuse("its 'contents' are malformed protobuf");
        }
    }

    /// The field of InferTensorContents that holds a datatype's elements, 0 for none.
    private static int field(DataType datatype) {
        return switch (datatype) {
            case BOOL -> InferTensorContents.BOOL_CONTENTS_FIELD_NUMBER;
            case INT8, INT16, INT32 -> InferTensorContents.INT_CONTENTS_FIELD_NUMBER;
            case INT64 -> InferTensorContents.INT64_CONTENTS_FIELD_NUMBER;
            case UINT8, UINT16, UINT32 -> InferTensorContents.UINT_CONTENTS_FIELD_NUMBER;
            case UINT64 -> InferTensorContents.UINT64_CONTENTS_FIELD_NUMBER;
            case FP32 -> InferTensorContents.FP32_CONTENTS_FIELD_NUMBER;
            case FP64 -> InferTensorContents.FP64_CONTENTS_FIELD_NUMBER;
            case BYTES -> InferTensorContents.BYTES_CONTENTS_FIELD_NUMBER;
            case FP16, BF16 -> 0;
        };
    }

    /// How one element is sent when elements come one by one.
    private int wireType() {
        return switch (datatype) {
            case FP32 -> WireFormat.WIRETYPE_FIXED32;
            case FP64 -> WireFormat.WIRETYPE_FIXED64;
            case BYTES -> WireFormat.WIRETYPE_LENGTH_DELIMITED;
            default -> WireFormat.WIRETYPE_VARINT;
        };
    }

    private boolean isPacked(int tag) {
        return datatype != DataType.BYTES && tag == (field << TAG_BITS | WireFormat.WIRETYPE_LENGTH_DELIMITED);
    }

    private boolean isSingle(int tag) {
        return tag == (field << TAG_BITS | wireType());
    }

    private void count(CodedInputStream in) throws IOException, Refusal {
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (isPacked(tag)) {
                elements += packed(in, in.readRawVarint32());
            } else if (isSingle(tag)) {
                elements++;
                if (datatype == DataType.BYTES) {
                    int length = in.readRawVarint32();
                    in.skipRawBytes(length);
                    stringBytes += length;
                } else {
                    in.skipField(tag);
                }
            } else {
                refuseOther(in, tag);
            }
        }
    }

    private long packed(CodedInputStream in, int length) throws IOException {
        int outer = in.pushLimit(length);
        long count = 0;
        while (!in.isAtEnd()) {
            switch (wireType()) {
                case WireFormat.WIRETYPE_FIXED32 -> in.skipRawBytes(Float.BYTES);
                case WireFormat.WIRETYPE_FIXED64 -> in.skipRawBytes(Double.BYTES);
                default -> in.readRawVarint64();
            }
            count++;
        }
        in.popLimit(outer);
        return count;
    }

    /// Passes over a field that is not this datatype's, which must not hold elements either.
    private void refuseOther(CodedInputStream in, int tag) throws IOException, Refusal {
        String other = name(tag >>> TAG_BITS);
        int before = in.getTotalBytesRead();
        if (!in.skipField(tag)) {
            throw new IOException("a group ends that did not begin");
        }
        boolean empty = (tag & ((1 << TAG_BITS) - 1)) == WireFormat.WIRETYPE_LENGTH_DELIMITED
                && in.getTotalBytesRead() == before + 1;
        if (!other.isEmpty() && !empty) {
            throw input.refuse("its elements are in '" + other + "', but " + datatype + " belongs in '" + name(field)
                    + "'");
        }
    }

    private static String name(int number) {
        var known = InferTensorContents.getDescriptor().findFieldByNumber(number);
        return known == null ? "" : known.getName();
    }

    private ByteBuffer allocate() throws Refusal {
        long expected = input.elements();
        if (elements != expected) {
            throw input.refuse("its 'contents' have " + elements + " elements, but shape " + input.requireShape()
                    + " needs " + expected);
        }
        long bytes = datatype == DataType.BYTES ? stringBytes + elements * Integer.BYTES : input.expectedBytes();
        if (bytes > TENSOR_BYTES_MAX) {
            throw input.refuse("its 'contents' are larger than a tensor can be");
        }
        return ByteBuffer.allocate((int) bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private void copy(ByteBuffer typed, ByteBuffer out) throws IOException, Refusal {
        CodedInputStream in = CodedInputStream.newInstance(typed);
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (isPacked(tag) && wireType() == WireFormat.WIRETYPE_VARINT) {
                int outer = in.pushLimit(in.readRawVarint32());
                while (!in.isAtEnd()) {
                    integer(in, out);
                }
                in.popLimit(outer);
            } else if (isPacked(tag)) {
                bytes(in, in.readRawVarint32(), typed, out);
            } else if (isSingle(tag)) {
                switch (datatype) {
                    case BYTES -> {
                        int length = in.readRawVarint32();
                        bytes(in, length, typed, out.putInt(length));
                    }
                    case FP32 -> out.putInt(in.readRawLittleEndian32());
                    case FP64 -> out.putLong(in.readRawLittleEndian64());
                    default -> integer(in, out);
                }
            } else {
                in.skipField(tag);
            }
        }
    }

    /// Copies bytes that are the same in the message and in the tensor.
    private static void bytes(CodedInputStream in, int length, ByteBuffer typed, ByteBuffer out) throws IOException {
        out.put(typed.slice(typed.position() + in.getTotalBytesRead(), length));
        in.skipRawBytes(length);
    }

    private void integer(CodedInputStream in, ByteBuffer out) throws IOException, Refusal {
        switch (datatype) {
            case BOOL -> out.put((byte) (in.readBool() ? 1 : 0));
            case INT8 -> out.put((byte) within(in.readInt32(), Byte.MIN_VALUE, Byte.MAX_VALUE, out));
            case UINT8 -> out.put((byte) within(Integer.toUnsignedLong(in.readUInt32()), 0, 0xFF, out));
            case INT16 -> out.putShort((short) within(in.readInt32(), Short.MIN_VALUE, Short.MAX_VALUE, out));
            case UINT16 -> out.putShort((short) within(Integer.toUnsignedLong(in.readUInt32()), 0, 0xFFFF, out));
            case INT32 -> out.putInt(in.readInt32());
            case UINT32 -> out.putInt(in.readUInt32());
            case INT64 -> out.putLong(in.readInt64());
            case UINT64 -> out.putLong(in.readUInt64());
            case FP16, BF16, FP32, FP64, BYTES -> throw new IllegalStateException("not an integer: " + datatype);
        }
    }

    private long within(long value, long min, long max, ByteBuffer out) throws Refusal {
        if (value < min || value > max) {
            throw input.refuse("element " + out.position() / datatype.byteSize() + " of its 'contents' is " + value
                    + ", which is out of range for " + datatype);
        }
        return value;
    }
}
