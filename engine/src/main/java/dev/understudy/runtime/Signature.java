package dev.understudy.runtime;

import dev.understudy.tensor.Shape;
import dev.understudy.tensor.TensorSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a model takes and gives, in the model's own order. Immutable.
///
/// @param sharedBatchAxis every required input and every output has the same symbolic first dimension, so rows may be
///                        independent; only a trial can tell
public record Signature(List<TensorSpec> inputs, List<TensorSpec> outputs, boolean sharedBatchAxis) {
    public Signature {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
    }

    public @Nullable TensorSpec input(String name) {
        return find(inputs, name);
    }

    public @Nullable TensorSpec output(String name) {
        return find(outputs, name);
    }

    /// How many inputs a request needs at least.
    public int requiredInputs() {
        int required = 0;
        for (TensorSpec input : inputs) {
            required += input.optional() ? 0 : 1;
        }
        return required;
    }

    /// True when every required input and every output has a variable first dimension, whatever its name.
    public boolean everyFirstDimensionVaries() {
        return requiredInputs() > 0
                && inputs.stream().filter(input -> !input.optional()).allMatch(Signature::firstDimensionVaries)
                && outputs.stream().allMatch(Signature::firstDimensionVaries);
    }

    private static boolean firstDimensionVaries(TensorSpec spec) {
        Shape shape = spec.shape();
        return shape.hasRank() && shape.rank() > 0 && shape.dim(0) == Shape.VARIABLE;
    }

    private static @Nullable TensorSpec find(List<TensorSpec> specs, String name) {
        for (TensorSpec spec : specs) {
            if (spec.name().equals(name)) {
                return spec;
            }
        }
        return null;
    }
}
