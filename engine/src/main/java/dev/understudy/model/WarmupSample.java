package dev.understudy.model;

import dev.understudy.tensor.Tensor;
import java.util.List;

/// Inputs that a model must be able to run before it is let in. Immutable.
///
/// @param what   for the message when it fails: `a recorded request`
/// @param runs   how often it is run
/// @param inputs a full set, in the shapes the model sees
public record WarmupSample(String what, int runs, List<Tensor> inputs) {
    public WarmupSample {
        inputs = List.copyOf(inputs);
    }

    /// A request that was once served, run once.
    public static WarmupSample recorded(List<Tensor> inputs) {
        return new WarmupSample("a recorded request", 1, inputs);
    }
}
