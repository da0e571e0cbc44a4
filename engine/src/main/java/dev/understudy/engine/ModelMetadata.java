package dev.understudy.engine;

import dev.understudy.model.ServedConfig;
import dev.understudy.tensor.TensorSpec;
import java.util.List;

/// A served model's signature, as the protocol's metadata call shows it. Challengers are not part of it: the audience
/// does not know the understudy.
///
/// @param version  the champion's version
/// @param platform `onnx_onnxv1`
/// @param config   how it is batched and reshaped
public record ModelMetadata(String name, String version, String platform, List<TensorSpec> inputs,
        List<TensorSpec> outputs, ServedConfig config) {
    public ModelMetadata {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
    }
}
