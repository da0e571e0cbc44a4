package dev.understudy.champion;

import dev.understudy.batch.BatchRule;
import dev.understudy.infer.InferenceFailure.Kind;
import dev.understudy.infer.InferenceFailure;
import dev.understudy.infer.InferenceOutcome;
import dev.understudy.infer.InferenceRequest;
import dev.understudy.infer.InferenceResponse;
import dev.understudy.model.Labels;
import dev.understudy.model.ModelConfig;
import dev.understudy.model.ServedConfig.ServedTensor;
import dev.understudy.model.ServedConfig;
import dev.understudy.model.TensorDeclarations.Declared;
import dev.understudy.model.TensorDeclarations;
import dev.understudy.model.TritonConfig;
import dev.understudy.runtime.Signature;
import dev.understudy.tensor.Reshape;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.Tensor;
import dev.understudy.tensor.TensorSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The shapes in which clients see a model's tensors, where its configuration reshapes them. Behind admission, and for the
/// mirror, there are only the model's own. Immutable.
final class ClientShapes {
    private final Signature signature;
    private final Map<String, Reshape> inputs = new HashMap<>();
    private final Map<String, Reshape> outputs = new HashMap<>();

    /// @param model the signature as the model has it
    ClientShapes(Signature model, TensorDeclarations declared) {
        List<TensorSpec> seenInputs = new ArrayList<>();
        for (TensorSpec input : model.inputs()) {
            seenInputs.add(seen(input, declared.input(input.name()), inputs));
        }
        List<TensorSpec> seenOutputs = new ArrayList<>();
        for (TensorSpec output : model.outputs()) {
            seenOutputs.add(seen(output, declared.output(output.name()), outputs));
        }
        signature = new Signature(seenInputs, seenOutputs, model.sharedBatchAxis());
        outputs.replaceAll((name, reshape) -> reshape.reversed());
    }

    private static TensorSpec seen(TensorSpec model, @Nullable Declared declared, Map<String, Reshape> reshapes) {
        if (declared == null || !isReshaped(declared)) {
            return model;
        }
        reshapes.put(model.name(), new Reshape(declared.clientShape(), declared.modelShape()));
        return new TensorSpec(model.name(), model.datatype(), declared.clientShape(), model.optional());
    }

    /// What clients are told of the configuration in force.
    ServedConfig served(ModelConfig config, BatchRule batching, boolean onGpu) {
        TritonConfig triton = config.triton();
        boolean sharesRuns = batching.rowsMax() > 1;
        return new ServedConfig(sharesRuns ? (int) batching.rowsMax() : triton.maxBatchSize(), sharesRuns,
                triton.preferredBatchSizes(), config.maxQueueDelayMicroseconds(), config.maxQueueSize(),
                config.instanceCount(), onGpu, triton.versions(),
                signature.inputs().stream().map(input -> served(input, triton.tensors().input(input.name()))).toList(),
                signature.outputs().stream().map(output -> served(output, triton.tensors().output(output.name())))
                        .toList());
    }

    private static ServedTensor served(TensorSpec seen, @Nullable Declared declared) {
        return declared == null
                ? new ServedTensor(seen, seen.shape(), "", Labels.NONE)
                : new ServedTensor(seen, isReshaped(declared) ? declared.modelShape() : seen.shape(),
                        declared.format(), declared.labels());
    }

    private static boolean isReshaped(Declared declared) {
        return !declared.clientShape().equals(declared.modelShape());
    }

    /// The signature as clients see it.
    Signature signature() {
        return signature;
    }

    boolean reshapeInputs() {
        return !inputs.isEmpty();
    }

    /// The request as the model sees it. It must have been checked against [#signature].
    InferenceRequest toModel(InferenceRequest request) {
        List<Tensor> reshaped = new ArrayList<>(request.inputs().size());
        for (Tensor input : request.inputs()) {
            Reshape reshape = inputs.get(input.name());
            Shape shape = reshape == null ? input.shape() : reshape.of(input.shape());
            if (shape == null) {
                throw new IllegalArgumentException("not checked: " + input);
            }
            reshaped.add(reshape == null ? input : input.reshaped(shape));
        }
        return new InferenceRequest(request.model(), request.version(), request.requestId(), request.id(), reshaped,
                request.outputs(), request.segment(), request.receivedNanos());
    }

    /// The answer as clients see it, with the outputs that were asked for; or the failure to show it to them, when the model
    /// gave another shape than its configuration says.
    InferenceOutcome toClient(InferenceRequest request, InferenceResponse full) {
        InferenceResponse response = selected(request, full);
        if (outputs.isEmpty()) {
            return response;
        }
        List<Tensor> reshaped = new ArrayList<>(response.outputs().size());
        for (Tensor output : response.outputs()) {
            Reshape reshape = outputs.get(output.name());
            Shape shape = reshape == null ? output.shape() : reshape.of(output.shape());
            if (shape == null) {
                return new InferenceFailure(Kind.INTERNAL, "model '" + response.model() + "' gave output '"
                        + output.name() + "' in shape " + output.shape() + ", which its configuration cannot reshape");
            }
            reshaped.add(reshape == null ? output : output.reshaped(shape));
        }
        return new InferenceResponse(response.model(), response.version(), reshaped, response.timings());
    }

    private static InferenceResponse selected(InferenceRequest request, InferenceResponse response) {
        if (request.outputs().isEmpty()) {
            return response;
        }
        List<Tensor> chosen = new ArrayList<>(request.outputs().size());
        for (String name : request.outputs()) {
            for (Tensor output : response.outputs()) {
                if (output.name().equals(name)) {
                    chosen.add(output);
                }
            }
        }
        return new InferenceResponse(response.model(), response.version(), chosen, response.timings());
    }
}
