package dev.understudy.batch;

import dev.understudy.infer.Timings;
import dev.understudy.tensor.Tensor;
import java.util.List;

/// What a run gave to one of its requests.
public sealed interface RunOutcome {
    /// Every output of the model, in the model's order. The timings' queue time is 0: the queue's owner knows it.
    record Answered(List<Tensor> outputs, Timings timings) implements RunOutcome {}

    /// The model threw on this request, run alone.
    ///
    /// @param runNanos time until it threw
    record Failed(String message, boolean cancelled, long runNanos) implements RunOutcome {}
}
