package dev.understudy.runtime;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import dev.understudy.model.TensorDeclarations;
import dev.understudy.tensor.DataType;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.TensorSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads a session's signature, and refuses the models whose values the protocol or ONNX Runtime's Java API cannot carry.
final class OrtSignature {
    private OrtSignature() {}

    /// The session's signature as what is declared of it narrows it.
    static Signature read(OrtSession session, TensorDeclarations declared) throws OrtException, ModelLoadException {
        List<TensorSpec> inputs = specs("input", session.getInputInfo().values());
        List<TensorSpec> outputs = specs("output", session.getOutputInfo().values());
        return DeclaredSignature.of(new Signature(inputs, outputs, sharedBatchAxis(session)), declared);
    }

    private static List<TensorSpec> specs(String role, Collection<NodeInfo> nodes) throws ModelLoadException {
        List<TensorSpec> specs = new ArrayList<>();
        for (NodeInfo node : nodes) {
            String what = role + " '" + node.getName() + "'";
            if (!(node.getInfo() instanceof TensorInfo info)) {
                throw new ModelLoadException(what + " is not a tensor but " + node.getInfo().getClass().getSimpleName()
                        .replace("Info", "").toLowerCase(java.util.Locale.ROOT) + ", which the protocol cannot carry");
            }
            long[] dims = info.getShape().clone();
            Arrays.setAll(dims, axis -> Math.max(dims[axis], Shape.VARIABLE));
            specs.add(new TensorSpec(node.getName(), datatype(what, info), Shape.of(dims)));
        }
        return specs;
    }

    private static DataType datatype(String what, TensorInfo info) throws ModelLoadException {
        return switch (info.onnxType) {
            case ONNX_TENSOR_ELEMENT_DATA_TYPE_BOOL -> DataType.BOOL;
            case ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT8 -> DataType.UINT8;
            case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT8 -> DataType.INT8;
            case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT16 -> DataType.INT16;
            case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT32 -> DataType.INT32;
            case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64 -> DataType.INT64;
            case ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT16 -> DataType.FP16;
            case ONNX_TENSOR_ELEMENT_DATA_TYPE_BFLOAT16 -> DataType.BF16;
            case ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT -> DataType.FP32;
            case ONNX_TENSOR_ELEMENT_DATA_TYPE_DOUBLE -> DataType.FP64;
            case ONNX_TENSOR_ELEMENT_DATA_TYPE_STRING -> DataType.BYTES;
            default -> throw new ModelLoadException(what + " has the element type "
                    + info.onnxType.name().replace("ONNX_TENSOR_ELEMENT_DATA_TYPE_", "")
                    + ", which this server cannot pass to ONNX Runtime");
        };
    }

    /// The Java API's name for the tensors it is to create.
    static OnnxJavaType javaType(DataType datatype) {
        return switch (datatype) {
            case BOOL -> OnnxJavaType.BOOL;
            case UINT8 -> OnnxJavaType.UINT8;
            case INT8 -> OnnxJavaType.INT8;
            case INT16 -> OnnxJavaType.INT16;
            case INT32 -> OnnxJavaType.INT32;
            case INT64 -> OnnxJavaType.INT64;
            case FP16 -> OnnxJavaType.FLOAT16;
            case BF16 -> OnnxJavaType.BFLOAT16;
            case FP32 -> OnnxJavaType.FLOAT;
            case FP64 -> OnnxJavaType.DOUBLE;
            case BYTES -> OnnxJavaType.STRING;
            case UINT16, UINT32, UINT64 ->
                throw new IllegalArgumentException("ONNX Runtime's Java API has no " + datatype);
        };
    }

    private static boolean sharedBatchAxis(OrtSession session) throws OrtException {
        List<NodeInfo> nodes = new ArrayList<>(session.getInputInfo().values());
        nodes.addAll(session.getOutputInfo().values());
        String shared = session.getInputInfo().isEmpty() ? null : firstDimensionName(nodes.getFirst());
        return shared != null && nodes.stream().allMatch(node -> shared.equals(firstDimensionName(node)));
    }

    private static @Nullable String firstDimensionName(NodeInfo node) {
        if (node.getInfo() instanceof TensorInfo info && info.getShape().length > 0 && info.getShape()[0] < 0) {
            String[] names = info.getDimensionNames();
            return names.length > 0 && names[0] != null && !names[0].isEmpty() ? names[0] : null;
        }
        return null;
    }
}
