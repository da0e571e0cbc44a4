package dev.understudy.server.protocol;

import ai.onnx.proto.OnnxMl.AttributeProto;
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
import java.util.Set;
import java.util.TreeMap;

/// Models for tests of the protocol. Stateless.
final class OnnxModels {
    /// The datatypes of [#kinds], by the protocol's names.
    private static final Map<String, TensorProto.DataType> KINDS = Map.ofEntries(
            Map.entry("BOOL", TensorProto.DataType.BOOL), Map.entry("UINT8", TensorProto.DataType.UINT8),
            Map.entry("UINT16", TensorProto.DataType.UINT16), Map.entry("UINT32", TensorProto.DataType.UINT32),
            Map.entry("UINT64", TensorProto.DataType.UINT64), Map.entry("INT8", TensorProto.DataType.INT8),
            Map.entry("INT16", TensorProto.DataType.INT16), Map.entry("INT32", TensorProto.DataType.INT32),
            Map.entry("INT64", TensorProto.DataType.INT64), Map.entry("FP16", TensorProto.DataType.FLOAT16),
            Map.entry("BF16", TensorProto.DataType.BFLOAT16), Map.entry("FP32", TensorProto.DataType.FLOAT),
            Map.entry("FP64", TensorProto.DataType.DOUBLE), Map.entry("BYTES", TensorProto.DataType.STRING));
    private static final Set<String> HALVES = Set.of("FP16", "BF16");

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

    /// An input of each datatype given back, of one dimension that varies: `FP32` to `FP32.out` and so on.
    static byte[] kinds() {
        return givenBack(KINDS);
    }

    /// The same but for half precision, which has neither JSON nor typed contents.
    static byte[] wholeKinds() {
        Map<String, TensorProto.DataType> whole = new TreeMap<>(KINDS);
        whole.keySet().removeAll(HALVES);
        return givenBack(whole);
    }

    private static byte[] givenBack(Map<String, TensorProto.DataType> kinds) {
        GraphProto.Builder graph = GraphProto.newBuilder().setName("kinds");
        new TreeMap<>(kinds).forEach((name, datatype) -> {
            String output = name + ".out";
            graph.addInput(value(name, datatype, "n", 0)).addOutput(value(output, datatype, "n", 0))
                    .addNode(node("Identity", output, name));
        });
        return model(graph);
    }

    /// Bytes given back, `in` to `out`.
    static byte[] echo() {
        return model(GraphProto.newBuilder().setName("echo").addInput(value("in", TensorProto.DataType.UINT8, "n", 0))
                .addOutput(value("out", TensorProto.DataType.UINT8, "n", 0)).addNode(node("Identity", "out", "in")));
    }

    /// Of each row of three, `in`, the sum after they were multiplied by 1, 10 and 100: `out`.
    static byte[] weighted() {
        return model(GraphProto.newBuilder().setName("weighted")
                .addInput(value("in", TensorProto.DataType.FLOAT, "n", 3))
                .addOutput(value("out", TensorProto.DataType.FLOAT, "n", 1))
                .addInitializer(TensorProto.newBuilder().setName("weights").addDims(3).addDims(1)
                        .setDataType(TensorProto.DataType.FLOAT.getNumber()).addFloatData(1).addFloatData(10)
                        .addFloatData(100))
                .addNode(node("MatMul", "out", "in", "weights")));
    }

    /// No inputs; `out` is 1 and 2.
    static byte[] constant() {
        return model(GraphProto.newBuilder().setName("constant")
                .addOutput(value("out", TensorProto.DataType.FLOAT, "", 2))
                .addInitializer(TensorProto.newBuilder().setName("pair").addDims(2)
                        .setDataType(TensorProto.DataType.FLOAT.getNumber()).addFloatData(1).addFloatData(2))
                .addNode(node("Identity", "out", "pair")));
    }

    /// A loop without an end, so that its first run is never over.
    static byte[] endless() {
        GraphProto body = GraphProto.newBuilder().setName("body")
                .addInput(value("round", TensorProto.DataType.INT64, "", 0))
                .addInput(value("go", TensorProto.DataType.BOOL, "", 0))
                .addInput(value("carried", TensorProto.DataType.FLOAT, "", 1))
                .addOutput(value("still", TensorProto.DataType.BOOL, "", 0))
                .addOutput(value("passed", TensorProto.DataType.FLOAT, "", 1)).addNode(node("Identity", "still", "go"))
                .addNode(node("Neg", "passed", "carried")).build();
        return model(GraphProto.newBuilder().setName("endless").addInput(value("in", TensorProto.DataType.FLOAT, "", 1))
                .addOutput(value("out", TensorProto.DataType.FLOAT, "", 1))
                .addInitializer(TensorProto.newBuilder().setName("true")
                        .setDataType(TensorProto.DataType.BOOL.getNumber()).addInt32Data(1))
                .addNode(node("Loop", "out", "", "true", "in").toBuilder().addAttribute(AttributeProto.newBuilder()
                        .setName("body").setType(AttributeProto.AttributeType.GRAPH).setG(body))));
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
