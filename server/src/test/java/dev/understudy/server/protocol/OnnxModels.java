package dev.understudy.server.protocol;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Models for tests of the protocol. Stateless.
final class OnnxModels {
    /// The datatypes of [#kinds], by the protocol's names.
    static final Map<String, TensorProto.DataType> KINDS = Map.of("BOOL", TensorProto.DataType.BOOL, "UINT8",
            TensorProto.DataType.UINT8, "INT8", TensorProto.DataType.INT8, "INT16", TensorProto.DataType.INT16,
            "INT32", TensorProto.DataType.INT32, "INT64", TensorProto.DataType.INT64, "FP16",
            TensorProto.DataType.FLOAT16, "FP32", TensorProto.DataType.FLOAT, "FP64", TensorProto.DataType.DOUBLE,
            "BYTES", TensorProto.DataType.STRING);

    private OnnxModels() {}

    /// Sum and difference of two rows of two floats, as Triton's `simple` has it: `A`, `B` to `SUM`, `DIFFERENCE`.
    static byte[] simple() {
        return model(GraphProto.newBuilder().setName("simple")
                .addInput(value("A", TensorProto.DataType.FLOAT, "batch", 2))
                .addInput(value("B", TensorProto.DataType.FLOAT, "batch", 2))
                .addOutput(value("SUM", TensorProto.DataType.FLOAT, "batch", 2))
                .addOutput(value("DIFFERENCE", TensorProto.DataType.FLOAT, "batch", 2))
                .addNode(node("Add", "SUM", "A", "B")).addNode(node("Sub", "DIFFERENCE", "A", "B")));
    }

    /// An input of each of the [#KINDS] given back, of one dimension that varies: `FP32` to `FP32.out` and so on.
    static byte[] kinds() {
        GraphProto.Builder graph = GraphProto.newBuilder().setName("kinds");
        for (var kind : new TreeMap<>(KINDS).entrySet()) {
            String output = kind.getKey() + ".out";
            graph.addInput(value(kind.getKey(), kind.getValue(), "n", 0))
                    .addOutput(value(output, kind.getValue(), "n", 0))
                    .addNode(node("Identity", output, kind.getKey()));
        }
        return model(graph);
    }

    /// A scalar given back.
    static byte[] scalar() {
        return model(GraphProto.newBuilder().setName("scalar").addInput(value("in", TensorProto.DataType.FLOAT, "", 0))
                .addOutput(value("out \"quoted\"\n\u00e9", TensorProto.DataType.FLOAT, "", 0))
                .addNode(node("Neg", "out \"quoted\"\n\u00e9", "in")));
    }

    private static NodeProto node(String operator, String output, String... inputs) {
        return NodeProto.newBuilder().setName(output).setOpType(operator).addAllInput(List.of(inputs))
                .addOutput(output).build();
    }

    /// A tensor of a dimension with a name, unless that is empty, and one with a size, unless that is 0.
    private static ValueInfoProto value(String name, TensorProto.DataType datatype, String variable, long fixed) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        if (!variable.isEmpty()) {
            shape.addDimBuilder().setDimParam(variable);
        }
        if (fixed > 0) {
            shape.addDimBuilder().setDimValue(fixed);
        }
        return ValueInfoProto.newBuilder().setName(name).setType(TypeProto.newBuilder()
                .setTensorType(TypeProto.Tensor.newBuilder().setElemType(datatype.getNumber()).setShape(shape)))
                .build();
    }

    private static byte[] model(GraphProto.Builder graph) {
        return ModelProto.newBuilder().setIrVersion(8)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17)).setGraph(graph).build().toByteArray();
    }
}
