package dev.understudy.journal;

import dev.understudy.tensor.Tensor;
import dev.understudy.verdict.Task;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What both models answered to one request, held until its label comes. Immutable.
///
/// @param requestId  the server's id of the request, by which the label finds it
/// @param segment    the request's segment, or null
/// @param challenger null when the challenger gave no answer that the task is about
/// @param cutShort   the challenger's run was cut short, so that a label finds it neither right nor wrong; `challenger` is
///                   then null
public record Answers(String requestId, @Nullable String segment, Prediction champion, @Nullable Prediction challenger,
        boolean cutShort) {
    /// What the truth can be held against, by the task's output. Empty when the champion's answer is none of this task.
    ///
    /// @param challenger under the champion's names; empty when the challenger failed
    public static Optional<Answers> of(Task task, String requestId, @Nullable String segment, List<Tensor> champion,
            List<Tensor> challenger) {
        Optional<Prediction> right = Prediction.of(task, challenger);
        return Prediction.of(task, champion).map(left -> new Answers(requestId, segment, left,
                right.filter(other -> other.answers().size() == left.answers().size()).orElse(null), false));
    }

    /// Likewise of a request on which the challenger's run was cut short.
    public static Optional<Answers> ofCutShort(Task task, String requestId, @Nullable String segment,
            List<Tensor> champion) {
        return Prediction.of(task, champion).map(left -> new Answers(requestId, segment, left, null, true));
    }
}
