package dev.understudy.server.codec;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import dev.understudy.infer.InferenceFailure;
import dev.understudy.infer.InferenceRequest;
import dev.understudy.tensor.DataType;
import dev.understudy.tensor.Tensor;
import dev.understudy.tensor.TensorSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Decodes inference requests of the protocol's JSON form and its binary tensor data extension. Thread-safe.
///
/// Binary inputs are not copied: their tensors are slices of the body, which must never change after decoding.
public final class RequestDecoder {
    private RequestDecoder() {}

    /// Decodes a body that is all JSON, or JSON with the data of its binary inputs behind it.
    ///
    /// @param body      holds the request in `length` bytes from `offset`; kept by the request's tensors
    /// @param jsonBytes how many of them are JSON, more than 0 and at most `length`; the rest is binary
    public static Decoding decode(Envelope envelope, byte[] body, int offset, int length, int jsonBytes) {
        try {
            JsonRequestReader json = new JsonRequestReader(body, offset, jsonBytes);
            json.read();
            List<InputDraft> drafts = json.inputs;
            if (drafts == null) {
                throw new Refusal("'inputs' is missing: expected an array of tensors");
            }
            List<Tensor> inputs = tensors(drafts, body, offset + jsonBytes, offset + length);
            String segment = json.segment == null ? envelope.segment() : json.segment;
            return new Decoding.Accepted(new InferenceRequest(envelope.model(), envelope.version(),
                    envelope.requestId(), json.id, inputs, List.copyOf(json.outputs), segment,
                    envelope.receivedNanos()), json.form());
        } catch (Refusal refusal) {
            return refused(refusal.sentence());
        } catch (JsonProcessingException malformed) {
            return refused(explain(malformed));
        } catch (IOException impossible) {
            // The bytes are in memory; the parser has nothing else to fail on.
            throw new UncheckedIOException(impossible);
        }
    }

    /// Decodes a body that is nothing but the data of a model's only input (`Inference-Header-Content-Length: 0`).
    /// All outputs of such a request go out in binary.
    ///
    /// @param signature the inputs of the model
    /// @param batched   their first dimension counts rows, of which such a request has one
    public static Decoding decodeRaw(Envelope envelope, List<TensorSpec> signature, boolean batched, byte[] body,
            int offset, int length) {
        try {
            Tensor input = RawBinary.tensor(envelope.model(), signature, batched, body, offset, length);
            return new Decoding.Accepted(
                    new InferenceRequest(envelope.model(), envelope.version(), envelope.requestId(), null,
                            List.of(input), List.of(), envelope.segment(), envelope.receivedNanos()),
                    AnswerForm.BINARY);
        } catch (Refusal refusal) {
            return refused(refusal.sentence());
        }
    }

    private static List<Tensor> tensors(List<InputDraft> drafts, byte[] body, int begin, int end) throws Refusal {
        List<Tensor> tensors = new ArrayList<>(drafts.size());
        Set<String> names = drafts.size() > 1 ? HashSet.newHashSet(drafts.size()) : Set.of();
        int at = begin;
        for (InputDraft draft : drafts) {
            String name = draft.requireName();
            if (drafts.size() > 1 && !names.add(name)) {
                throw draft.refuse("is given twice");
            }
            MemorySegment data;
            if (draft.binaryBytes == InputDraft.ABSENT) {
                if (draft.data == null) {
                    throw draft.refuse("has neither 'data' nor the parameter 'binary_data_size'");
                }
                data = MemorySegment.ofArray(draft.data);
            } else {
                int bytes = binaryBytes(draft, end - at);
                data = draft.checked(MemorySegment.ofArray(body).asSlice(at, bytes));
                at += bytes;
            }
            tensors.add(draft.tensor(data));
        }
        if (at != end) {
            throw new Refusal("unexpected additional input data: " + (end - at)
                    + " bytes are left over behind the binary inputs");
        }
        return tensors;
    }

    private static int binaryBytes(InputDraft draft, int left) throws Refusal {
        if (draft.dataOffset != InputDraft.ABSENT) {
            throw draft.refuse("has both 'data' and 'binary_data_size'");
        }
        DataType datatype = draft.requireDatatype();
        if (datatype.isFixedSize() && draft.binaryBytes != draft.expectedBytes()) {
            throw draft.refuse("'binary_data_size' is " + draft.binaryBytes + ", but " + datatype + " of shape "
                    + draft.requireShape() + " takes " + draft.expectedBytes() + " bytes");
        }
        if (draft.binaryBytes > left) {
            throw draft.refuse("'binary_data_size' is " + draft.binaryBytes + ", but only " + left
                    + " bytes of binary data are left in the body");
        }
        return (int) draft.binaryBytes;
    }

    private static Decoding refused(String message) {
        return new Decoding.Refused(InferenceFailure.invalid(message));
    }

    private static String explain(JsonProcessingException malformed) {
        long at = malformed.getLocation() == null ? -1 : malformed.getLocation().getByteOffset();
        String where = at < 0 ? "" : " at byte " + at;
        return switch (malformed) {
            case StreamConstraintsException _ -> "the request's JSON is nested too deeply or holds too long a number"
                    + where;
            case JsonEOFException _ -> "the request's JSON ends too early" + where;
            default -> "the request's JSON is malformed" + where + ": "
                    + JsonFields.complaint(malformed.getOriginalMessage());
        };
    }
}
