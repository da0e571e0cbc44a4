package dev.understudy.server.codec;

import dev.understudy.model.ServedConfig;
import dev.understudy.model.ServedConfig.ServedTensor;
import dev.understudy.model.VersionPolicy;
import dev.understudy.model.triton.TritonProto;
import dev.understudy.tensor.DataType;
import dev.understudy.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/// A model's configuration as the message Triton answers with: what is in force, not the file it came from. Pure.
public final class ModelConfigMessage {
    private ModelConfigMessage() {}

    public static TritonProto.ModelConfig of(String model, ServedConfig config) {
        boolean batched = config.maxBatchSize() > 0;
        TritonProto.ModelConfig.Builder message = TritonProto.ModelConfig.newBuilder().setName(model)
                .setPlatform("onnxruntime_onnx").setBackend("onnxruntime").setVersionPolicy(policy(config.versions()))
                .setMaxBatchSize(config.maxBatchSize()).setDefaultModelFilename("model.onnx")
                // Said, though it is the default: clients look whether a request may have several answers.
                .setModelTransactionPolicy(TritonProto.ModelTransactionPolicy.getDefaultInstance());
        for (ServedTensor input : config.inputs()) {
            message.addInput(input(input, batched));
        }
        for (ServedTensor output : config.outputs()) {
            message.addOutput(output(output, batched));
        }
        if (config.sharesRuns()) {
            message.setDynamicBatching(TritonProto.ModelDynamicBatching.newBuilder()
                    .addAllPreferredBatchSize(config.preferredBatchSizes())
                    .setMaxQueueDelayMicroseconds(config.maxQueueDelayMicroseconds()).setDefaultQueuePolicy(
                            TritonProto.ModelQueuePolicy.newBuilder().setMaxQueueSize(config.maxQueueSize())));
        }
        TritonProto.ModelInstanceGroup.Kind kind = config.onGpu()
                ? TritonProto.ModelInstanceGroup.Kind.KIND_GPU
                : TritonProto.ModelInstanceGroup.Kind.KIND_CPU;
        return message.addInstanceGroup(TritonProto.ModelInstanceGroup.newBuilder().setName(model).setKind(kind)
                .setCount(config.instances())).build();
    }

    /// Clients always meet one version, the champion, so that is what an unstated policy says.
    private static TritonProto.ModelVersionPolicy policy(VersionPolicy versions) {
        TritonProto.ModelVersionPolicy.Builder policy = TritonProto.ModelVersionPolicy.newBuilder();
        switch (versions) {
            case VersionPolicy.Unstated _ -> policy.getLatestBuilder().setNumVersions(1);
            case VersionPolicy.Latest(int count) -> policy.getLatestBuilder().setNumVersions(count);
            case VersionPolicy.All _ -> policy.getAllBuilder();
            case VersionPolicy.Specific(var listed) ->
                policy.getSpecificBuilder().addAllVersions(new TreeSet<>(listed));
        }
        return policy.build();
    }

    private static TritonProto.ModelInput input(ServedTensor tensor, boolean batched) {
        TritonProto.ModelInput.Builder input = TritonProto.ModelInput.newBuilder().setName(tensor.spec().name())
                .setDataType(datatype(tensor.spec().datatype())).addAllDims(dims(tensor.spec().shape(), batched))
                .setOptional(tensor.spec().optional());
        if (!tensor.format().isEmpty()) {
            input.setFormat(TritonProto.ModelInput.Format.valueOf(tensor.format()));
        }
        if (isReshaped(tensor)) {
            input.setReshape(reshape(tensor, batched));
        }
        return input.build();
    }

    private static TritonProto.ModelOutput output(ServedTensor tensor, boolean batched) {
        TritonProto.ModelOutput.Builder output = TritonProto.ModelOutput.newBuilder().setName(tensor.spec().name())
                .setDataType(datatype(tensor.spec().datatype())).addAllDims(dims(tensor.spec().shape(), batched));
        output.setLabelFilename(tensor.labels().fileName());
        if (isReshaped(tensor)) {
            output.setReshape(reshape(tensor, batched));
        }
        return output.build();
    }

    private static boolean isReshaped(ServedTensor tensor) {
        return !tensor.modelShape().equals(tensor.spec().shape());
    }

    private static TritonProto.ModelTensorReshape reshape(ServedTensor tensor, boolean batched) {
        return TritonProto.ModelTensorReshape.newBuilder().addAllShape(dims(tensor.modelShape(), batched)).build();
    }

    /// Rows are not among a batched model's dims. An unknown rank has no words of its own.
    private static List<Long> dims(Shape shape, boolean batched) {
        if (!shape.hasRank()) {
            return List.of(Shape.VARIABLE);
        }
        List<Long> dims = new ArrayList<>();
        for (int axis = batched ? 1 : 0; axis < shape.rank(); axis++) {
            dims.add(shape.dim(axis));
        }
        return dims;
    }

    private static TritonProto.DataType datatype(DataType datatype) {
        return datatype == DataType.BYTES
                ? TritonProto.DataType.TYPE_STRING
                : TritonProto.DataType.valueOf("TYPE_" + datatype);
    }
}
