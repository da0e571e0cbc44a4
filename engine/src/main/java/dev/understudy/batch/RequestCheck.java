package dev.understudy.batch;

import dev.understudy.infer.InferenceRequest;
import dev.understudy.runtime.Signature;
import dev.understudy.tensor.Tensor;
import dev.understudy.tensor.TensorSpec;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Whether a request suits a model's signature. Pure.
public final class RequestCheck {
    private RequestCheck() {}

    /// Null when it does; else one sentence that names the tensor, what came and what would be right.
    ///
    /// @param batched the model's requests may share runs, so all inputs must have the same number of rows
    public static @Nullable String refuse(InferenceRequest request, Signature signature, boolean batched) {
        List<Tensor> inputs = request.inputs();
        for (int i = 0; i < inputs.size(); i++) {
            Tensor input = inputs.get(i);
            TensorSpec spec = signature.input(input.name());
            if (spec == null) {
                return "unexpected input '" + input.name() + "': model '" + request.model() + "' takes "
                        + names(signature.inputs());
            }
            for (int j = 0; j < i; j++) {
                if (inputs.get(j).name().equals(input.name())) {
                    return "input '" + input.name() + "' is given twice";
                }
            }
            String reason = refuse(input, spec);
            if (reason != null) {
                return reason;
            }
        }
        String missing = inputs.size() == signature.inputs().size() ? null : missing(request, signature);
        if (missing != null) {
            return missing;
        }
        if (batched && !sameRows(inputs, signature)) {
            return "all inputs of model '" + request.model() + "' need the same first dimension, got "
                    + inputs.stream().map(Tensor::toString).collect(Collectors.joining(", "));
        }
        return refuseOutputs(request, signature);
    }

    private static @Nullable String refuse(Tensor input, TensorSpec spec) {
        if (input.datatype() != spec.datatype()) {
            return "input '" + input.name() + "' has datatype " + input.datatype() + ", expected " + spec.datatype();
        }
        if (!spec.shape().accepts(input.shape())) {
            return "input '" + input.name() + "' has shape " + input.shape() + ", expected " + spec.shape();
        }
        return null;
    }

    private static @Nullable String missing(InferenceRequest request, Signature signature) {
        for (TensorSpec spec : signature.inputs()) {
            if (!spec.optional() && request.inputs().stream().noneMatch(input -> input.name().equals(spec.name()))) {
                return "input '" + spec.name() + "' is missing: model '" + request.model() + "' takes "
                        + names(signature.inputs());
            }
        }
        return null;
    }

    private static @Nullable String refuseOutputs(InferenceRequest request, Signature signature) {
        for (String output : request.outputs()) {
            if (signature.output(output) == null) {
                return "unexpected output '" + output + "': model '" + request.model() + "' gives "
                        + names(signature.outputs());
            }
        }
        return null;
    }

    /// Whether all inputs have as many rows; of those that may be left out, nobody knows which have rows.
    private static boolean sameRows(List<Tensor> inputs, Signature signature) {
        long rows = -1;
        for (Tensor input : inputs) {
            TensorSpec spec = signature.input(input.name());
            if (spec == null || spec.optional()) {
                continue;
            }
            if (input.shape().rank() == 0 || (rows >= 0 && input.shape().dim(0) != rows)) {
                return false;
            }
            rows = input.shape().dim(0);
        }
        return true;
    }

    private static String names(List<TensorSpec> specs) {
        return specs.stream().map(spec -> "'" + spec.name() + "'").collect(Collectors.joining(", "));
    }
}
