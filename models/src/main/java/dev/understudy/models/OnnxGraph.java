package dev.understudy.models;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/// Not thread-safe; owned by the method that builds the model. Builds one ONNX model, node by node.
///
/// Inputs and outputs share one symbolic first dimension, `batch`; the dimensions given are those of a row. Nothing
/// that depends on time, place or run is written, so equal calls give equal bytes.
final class OnnxGraph {
    static final int OPSET = 17;
    private static final int IR_VERSION = 8;

    private final GraphProto.Builder graph = GraphProto.newBuilder();

    OnnxGraph(String name) {
        graph.setName(name);
    }

    OnnxGraph input(String name, DataType type, long... rowShape) {
        graph.addInput(value(name, type, rowShape));
        return this;
    }

    OnnxGraph output(String name, DataType type, long... rowShape) {
        graph.addOutput(value(name, type, rowShape));
        return this;
    }

    OnnxGraph floats(String name, float[] values, long... shape) {
        ByteBuffer raw = ByteBuffer.allocate(Math.multiplyExact(values.length, Float.BYTES))
                .order(ByteOrder.LITTLE_ENDIAN);
        raw.asFloatBuffer().put(values);
        return constant(name, DataType.FLOAT, raw, shape);
    }

    OnnxGraph halves(String name, float[] values, long... shape) {
        ByteBuffer raw = ByteBuffer.allocate(Math.multiplyExact(values.length, Short.BYTES))
                .order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            raw.putShort(Float.floatToFloat16(value));
        }
        return constant(name, DataType.FLOAT16, raw.flip(), shape);
    }

    OnnxGraph longs(String name, long[] values, long... shape) {
        ByteBuffer raw = ByteBuffer.allocate(Math.multiplyExact(values.length, Long.BYTES))
                .order(ByteOrder.LITTLE_ENDIAN);
        raw.asLongBuffer().put(values);
        return constant(name, DataType.INT64, raw, shape);
    }

    /// Adds a node with one output, which also names the node.
    OnnxGraph node(String output, String operator, List<String> inputs, AttributeProto... attributes) {
        graph.addNode(NodeProto.newBuilder()
                .setName(output)
                .setOpType(operator)
                .addAllInput(inputs)
                .addOutput(output)
                .addAllAttribute(List.of(attributes)));
        return this;
    }

    ModelProto model() {
        return ModelProto.newBuilder()
                .setIrVersion(IR_VERSION)
                .setProducerName("understudy")
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(OPSET))
                .setGraph(graph)
                .build();
    }

    byte[] bytes() {
        return model().toByteArray();
    }

    static AttributeProto attribute(String name, long value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.INT)
                .setI(value)
                .build();
    }

    static AttributeProto attributes(String name, List<Long> values) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.INTS)
                .addAllInts(values)
                .build();
    }

    private OnnxGraph constant(String name, DataType type, ByteBuffer raw, long... shape) {
        TensorProto.Builder tensor = TensorProto.newBuilder().setName(name).setDataType(type.getNumber());
        for (long dimension : shape) {
            tensor.addDims(dimension);
        }
        graph.addInitializer(tensor.setRawData(ByteString.copyFrom(raw)));
        return this;
    }

    private static ValueInfoProto value(String name, DataType type, long... rowShape) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        shape.addDimBuilder().setDimParam("batch");
        for (long dimension : rowShape) {
            shape.addDimBuilder().setDimValue(dimension);
        }
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder()
                        .setTensorType(TypeProto.Tensor.newBuilder().setElemType(type.getNumber()).setShape(shape)))
                .build();
    }
}
