package dev.understudy.server.grpc;

import dev.understudy.engine.ModelMetadata;
import dev.understudy.model.triton.TritonProto.DataType;
import dev.understudy.model.triton.TritonProto.ModelConfig;
import dev.understudy.model.triton.TritonProto.ModelInput;
import dev.understudy.model.triton.TritonProto.ModelInstanceGroup;
import dev.understudy.model.triton.TritonProto.ModelOutput;
import dev.understudy.model.triton.TritonProto.ModelTransactionPolicy;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.TensorSpec;
import java.util.List;
import java.util.stream.LongStream;

/// A served model as Triton's configuration message. Stateless, thread-safe.
///
/// `max_batch_size` is 0, so that `dims` are whole shapes: clients may send any number of rows that these allow, whether
/// or not requests share runs.
final class ModelConfigMessage {
    private ModelConfigMessage() {}

    static ModelConfig of(ModelMetadata model) {
        ModelConfig.Builder config = ModelConfig.newBuilder().setName(model.name()).setPlatform("onnxruntime_onnx")
                .setBackend("onnxruntime").setMaxBatchSize(0).setDefaultModelFilename("model.onnx")
                .addInstanceGroup(ModelInstanceGroup.newBuilder().setName(model.name())
                        .setKind(ModelInstanceGroup.Kind.KIND_CPU))
                .setModelTransactionPolicy(ModelTransactionPolicy.getDefaultInstance());
        for (TensorSpec input : model.inputs()) {
            config.addInput(ModelInput.newBuilder().setName(input.name()).setDataType(datatype(input))
                    .addAllDims(dims(input.shape())));
        }
        for (TensorSpec output : model.outputs()) {
            config.addOutput(ModelOutput.newBuilder().setName(output.name()).setDataType(datatype(output))
                    .addAllDims(dims(output.shape())));
        }
        return config.build();
    }

    static List<Long> dims(Shape shape) {
        return LongStream.of(shape.toArray()).boxed().toList();
    }

    private static DataType datatype(TensorSpec tensor) {
        return switch (tensor.datatype()) {
            case BOOL -> DataType.TYPE_BOOL;
            case UINT8 -> DataType.TYPE_UINT8;
            case UINT16 -> DataType.TYPE_UINT16;
            case UINT32 -> DataType.TYPE_UINT32;
            case UINT64 -> DataType.TYPE_UINT64;
            case INT8 -> DataType.TYPE_INT8;
            case INT16 -> DataType.TYPE_INT16;
            case INT32 -> DataType.TYPE_INT32;
            case INT64 -> DataType.TYPE_INT64;
            case FP16 -> DataType.TYPE_FP16;
            case BF16 -> DataType.TYPE_BF16;
            case FP32 -> DataType.TYPE_FP32;
            case FP64 -> DataType.TYPE_FP64;
            case BYTES -> DataType.TYPE_STRING;
        };
    }
}
