package dev.understudy.infer;

import dev.understudy.tensor.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One inference as a client asked for it, decoded and immutable. Thread-safe.
///
/// @param model         the model's name
/// @param version       the version asked for, or null for the champion, whichever that is
/// @param requestId     the server's own id of this request, unique; sampling and feedback go by it
/// @param id            the client's id, echoed and kept with the comparison, or null
/// @param inputs        in the client's order, no name twice
/// @param outputs       names of the outputs wanted, in the order wanted; empty means all of them
/// @param segment       the slice of traffic the client says this belongs to, or null
/// @param receivedNanos [System#nanoTime] when the request had arrived whole
public record InferenceRequest(String model, @Nullable String version, String requestId, @Nullable String id,
        List<Tensor> inputs, List<String> outputs, @Nullable String segment, long receivedNanos) {
    /// More than a request takes besides its texts and tensors.
    private static final long OWN_BYTES = 512;
    /// The same of a text in a list.
    private static final long TEXT_BYTES = 64;

    public InferenceRequest {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
    }

    /// Rows for the bounds of queues and batches: the first dimension of the first input, 1 when there is none. Where requests
    /// share runs all inputs have as many.
    public long rows() {
        return inputs.isEmpty() || inputs.getFirst().shape().rank() == 0 ? 1 : inputs.getFirst().shape().dim(0);
    }

    /// The memory that holding it keeps from being freed, at most: where inputs are parts of the body they came in, all of
    /// that, and every text that a client chose.
    public long heldBytes() {
        long chars = length(model) + length(version) + length(requestId) + length(id) + length(segment);
        for (int i = 0; i < outputs.size(); i++) {
            chars += length(outputs.get(i));
        }
        return OWN_BYTES + TEXT_BYTES * outputs.size() + Character.BYTES * chars + Tensor.heldBytes(inputs);
    }

    private static long length(@Nullable String text) {
        return text == null ? 0 : text.length();
    }
}
