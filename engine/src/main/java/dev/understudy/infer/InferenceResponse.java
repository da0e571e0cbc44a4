package dev.understudy.infer;

import dev.understudy.tensor.Tensor;
import java.util.List;

/// An answer. Immutable, thread-safe.
///
/// @param version the version that answered, as the repository lists it
/// @param outputs the outputs asked for, in the order asked for, else all of them in the model's order
public record InferenceResponse(String model, String version, List<Tensor> outputs, Timings timings)
        implements
            InferenceOutcome {
    public InferenceResponse {
        outputs = List.copyOf(outputs);
    }
}
