package dev.understudy.shadow;

import dev.understudy.infer.InferenceFailure;
import dev.understudy.infer.InferenceOutcome;
import dev.understudy.infer.InferenceRequest;
import dev.understudy.infer.InferenceResponse;
import dev.understudy.tensor.Tensor;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A request on its way through the shadow line, with what the champion said to it. Holds references only, and of the texts
/// whose length clients choose no more than is recorded.
///
/// @param champion     the champion's answer with all outputs, or its failure
/// @param offeredNanos when it was offered
public record Mirrored(InferenceRequest request, InferenceOutcome champion, long offeredNanos) {
    static final int ID_CHARS_MAX = 128;
    /// More than it takes besides the request and the tensors of the answer: itself, the answer, its place in a queue.
    private static final long OWN_BYTES = 512;

    public Mirrored {
        String id = shortened(request.id());
        String segment = Segments.bounded(request.segment());
        if (!Objects.equals(id, request.id()) || !Objects.equals(segment, request.segment())) {
            request = new InferenceRequest(request.model(), request.version(), request.requestId(), id,
                    request.inputs(), request.outputs(), segment, request.receivedNanos());
        }
    }

    private static @Nullable String shortened(@Nullable String id) {
        return id == null || id.length() <= ID_CHARS_MAX ? id : id.substring(0, ID_CHARS_MAX) + "...";
    }

    /// The request as a challenger is asked: for all of its outputs, whatever names the client asked the champion for.
    InferenceRequest askedForAll() {
        return request.outputs().isEmpty()
                ? request
                : new InferenceRequest(request.model(), request.version(), request.requestId(), request.id(),
                        request.inputs(), List.of(), request.segment(), request.receivedNanos());
    }

    /// Its rows for the bounds of queues, of which one without any has one: it takes room and time as others do.
    long rows() {
        return Math.max(1, request.rows());
    }

    /// The memory it keeps from being freed, at most.
    long heldBytes() {
        return OWN_BYTES + request.heldBytes() + switch (champion) {
            case InferenceResponse response -> Tensor.heldBytes(response.outputs());
            case InferenceFailure failure -> (long) Character.BYTES * failure.message().length();
        };
    }
}
