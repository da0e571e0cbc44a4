package dev.understudy.server.codec;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.understudy.infer.InferenceFailure;
import dev.understudy.infer.InferenceRequest;
import dev.understudy.server.codec.GrpcRequestReader.Input;
import dev.understudy.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// An inference request in the protocol's gRPC form, read as far as its tensors' places. Not thread-safe; handed from the
/// thread that reads it to the one that decodes it.
///
/// Raw inputs are not copied: their tensors are slices of the message, which must never change after reading. Typed
/// contents are turned into the tensor's layout, which takes as long as they are large and so is a step of its own.
public final class GrpcRequest {
    private final GrpcRequestReader message;
    private final @Nullable String refusal;

    private GrpcRequest(GrpcRequestReader message, @Nullable String refusal) {
        this.message = message;
        this.refusal = refusal;
    }

    /// Reads a ModelInferRequest, which is `length` bytes of `bytes` from `offset`. What is wrong with it, [#decode] says.
    public static GrpcRequest read(byte[] bytes, int offset, int length) {
        GrpcRequestReader message = new GrpcRequestReader(bytes, offset, length);
        try {
            message.read();
            return new GrpcRequest(message, null);
        } catch (Refusal refusal) {
            return new GrpcRequest(message, refusal.sentence());
        } catch (InvalidProtocolBufferException malformed) {
            return new GrpcRequest(message, "the request is not a ModelInferRequest: malformed protobuf at byte "
                    + message.position() + " of " + length);
        } catch (IOException impossible) {
            // The bytes are in memory; the reader has nothing else to fail on.
            throw new UncheckedIOException(impossible);
        }
    }

    /// The model asked for, as far as the message could be read.
    public String model() {
        return message.model;
    }

    /// The client's id, or null when it gave none.
    public @Nullable String id() {
        return message.id.isEmpty() ? null : message.id;
    }

    /// The bytes that [#decode] will allocate at most for tensors whose elements cannot stay where they are.
    public long copiedBytesMax() {
        long bytes = 0;
        for (Input input : refusal == null ? message.inputs : List.<Input>of()) {
            bytes += TypedContents.bytesMax(input);
        }
        return bytes;
    }

    /// The request for the engine, or why it is none.
    ///
    /// @param requestId     the server's own id of this request
    /// @param segment       the segment named by metadata, or null; the parameter `segment` goes before it
    /// @param receivedNanos [System#nanoTime] when the message had arrived whole
    public Decoding decode(String requestId, @Nullable String segment, long receivedNanos) {
        if (refusal != null) {
            return new Decoding.Refused(InferenceFailure.invalid(refusal));
        }
        try {
            return new Decoding.Accepted(new InferenceRequest(message.model,
                    message.version.isEmpty() ? null : message.version, requestId, id(), tensors(),
                    List.copyOf(message.outputs), message.segment == null ? segment : message.segment, receivedNanos),
                    message.classes.isEmpty() ? AnswerForm.BINARY : new AnswerForm(true, Map.of(), message.classes));
        } catch (Refusal refused) {
            return new Decoding.Refused(InferenceFailure.invalid(refused.sentence()));
        }
    }

    private List<Tensor> tensors() throws Refusal {
        List<Input> inputs = message.inputs;
        List<MemorySegment> raw = message.raw;
        if (!raw.isEmpty() && raw.size() != inputs.size()) {
            throw new Refusal("'raw_input_contents' has " + raw.size() + " entries, but there are " + inputs.size()
                    + " inputs");
        }
        List<Tensor> tensors = new ArrayList<>(inputs.size());
        Set<String> names = inputs.size() > 1 ? HashSet.newHashSet(inputs.size()) : Set.of();
        for (Input input : inputs) {
            InputDraft draft = input.draft();
            if (inputs.size() > 1 && !names.add(draft.requireName())) {
                throw draft.refuse("is given twice");
            }
            tensors.add(draft.tensor(raw.isEmpty() ? TypedContents.read(input) : raw(input, raw.get(draft.index))));
        }
        return tensors;
    }

    private static MemorySegment raw(Input input, MemorySegment data) throws Refusal {
        InputDraft draft = input.draft();
        if (!input.contents().isEmpty()) {
            throw draft.refuse("has 'contents' although the request has 'raw_input_contents': "
                    + "all inputs go one way or all the other");
        }
        if (draft.requireDatatype().isFixedSize() && data.byteSize() != draft.expectedBytes()) {
            throw draft.refuse("its entry of 'raw_input_contents' has " + data.byteSize() + " bytes, but "
                    + draft.requireDatatype() + " of shape " + draft.requireShape() + " takes "
                    + draft.expectedBytes());
        }
        return draft.checked(data);
    }
}
