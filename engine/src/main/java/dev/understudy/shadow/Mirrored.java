package dev.understudy.shadow;

import dev.understudy.infer.InferenceOutcome;
import dev.understudy.infer.InferenceRequest;
import dev.understudy.infer.InferenceResponse;
import dev.understudy.tensor.Tensor;
import java.util.List;

/// A request on its way through the shadow line, with what the champion said to it. Holds references only.
///
/// @param champion     the champion's answer with all outputs, or its failure
/// @param offeredNanos when it was offered
public record Mirrored(InferenceRequest request, InferenceOutcome champion, long offeredNanos) {
    /// The request as a challenger is asked: for all of its outputs, whatever names the client asked the champion for.
    InferenceRequest askedForAll() {
        return request.outputs().isEmpty()
                ? request
                : new InferenceRequest(request.model(), request.version(), request.requestId(), request.id(),
                        request.inputs(), List.of(), request.segment(), request.receivedNanos());
    }

    /// Heap bytes it keeps alive.
    long bytes() {
        long bytes = request.inputBytes();
        if (champion instanceof InferenceResponse response) {
            for (Tensor output : response.outputs()) {
                bytes += output.byteSize();
            }
        }
        return bytes;
    }
}
