package dev.understudy.runtime;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import dev.understudy.tensor.DataType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Builds one small ONNX model node by node, for tests that need a graph with a habit. Not thread-safe; owned by the test.
///
/// Dimensions are written as ONNX has them: `"4"` is fixed, any other text is the name of a symbolic one.
public final class TestGraph {
    private final GraphProto.Builder graph = GraphProto.newBuilder().setName("test");

    public TestGraph input(String name, DataType datatype, String... dims) {
        graph.addInput(value(name, datatype, dims));
        return this;
    }

    public TestGraph output(String name, DataType datatype, String... dims) {
        graph.addOutput(value(name, datatype, dims));
        return this;
    }

    /// An input of any type ONNX has.
    public TestGraph input(String name, TypeProto type) {
        graph.addInput(ValueInfoProto.newBuilder().setName(name).setType(type));
        return this;
    }

    /// An output of any type ONNX has.
    public TestGraph output(String name, TypeProto type) {
        graph.addOutput(ValueInfoProto.newBuilder().setName(name).setType(type));
        return this;
    }

    /// A tensor of any rank.
    public static TypeProto tensor(TensorProto.DataType datatype) {
        return TypeProto.newBuilder().setTensorType(TypeProto.Tensor.newBuilder().setElemType(datatype.getNumber()))
                .build();
    }

    public static TypeProto optional(TypeProto type) {
        return TypeProto.newBuilder().setOptionalType(TypeProto.Optional.newBuilder().setElemType(type)).build();
    }

    public static TypeProto sequence(TypeProto type) {
        return TypeProto.newBuilder().setSequenceType(TypeProto.Sequence.newBuilder().setElemType(type)).build();
    }

    public TestGraph floats(String name, float[] values, long... shape) {
        ByteBuffer raw = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        raw.asFloatBuffer().put(values);
        return constant(name, DataType.FP32, raw, shape);
    }

    public TestGraph longs(String name, long[] values, long... shape) {
        ByteBuffer raw = ByteBuffer.allocate(values.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        raw.asLongBuffer().put(values);
        return constant(name, DataType.INT64, raw, shape);
    }

    /// A constant that lies in a file beside the model's.
    public TestGraph external(String name, DataType datatype, String file, long... shape) {
        TensorProto.Builder tensor = TensorProto.newBuilder().setName(name).setDataType(number(datatype))
                .setDataLocation(TensorProto.DataLocation.EXTERNAL).addExternalData(
                        StringStringEntryProto.newBuilder().setKey("location").setValue(file));
        for (long dim : shape) {
            tensor.addDims(dim);
        }
        graph.addInitializer(tensor);
        return this;
    }

    private TestGraph constant(String name, DataType datatype, ByteBuffer raw, long... shape) {
        TensorProto.Builder tensor = TensorProto.newBuilder().setName(name).setDataType(number(datatype));
        for (long dim : shape) {
            tensor.addDims(dim);
        }
        graph.addInitializer(tensor.setRawData(ByteString.copyFrom(raw)));
        return this;
    }

    public TestGraph node(String output, String operator, List<String> inputs, AttributeProto... attributes) {
        return node(List.of(output), operator, inputs, attributes);
    }

    public TestGraph node(List<String> outputs, String operator, List<String> inputs, AttributeProto... attributes) {
        graph.addNode(NodeProto.newBuilder().setName(outputs.getFirst()).setOpType(operator).addAllInput(inputs)
                .addAllOutput(outputs).addAllAttribute(List.of(attributes)));
        return this;
    }

    public static AttributeProto attribute(String name, long value) {
        return AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.INT).setI(value).build();
    }

    public static AttributeProto attribute(String name, List<Long> values) {
        return AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.INTS).addAllInts(values)
                .build();
    }

    /// Writes the model to `file` and returns it.
    public Path write(Path file) throws IOException {
        return Files.write(file, ModelProto.newBuilder().setIrVersion(8)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17)).setGraph(graph).build().toByteArray());
    }

    /// `out` is `in`, of this datatype and these dimensions.
    public static TestGraph identity(DataType datatype, String... dims) {
        return new TestGraph().input("in", datatype, dims).output("out", datatype, dims).node("out", "Identity",
                List.of("in"));
    }

    private static ValueInfoProto value(String name, DataType datatype, String... dims) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        for (String dim : dims) {
            if (dim.chars().allMatch(Character::isDigit)) {
                shape.addDimBuilder().setDimValue(Long.parseLong(dim));
            } else {
                shape.addDimBuilder().setDimParam(dim);
            }
        }
        return ValueInfoProto.newBuilder().setName(name)
                .setType(TypeProto.newBuilder().setTensorType(
                        TypeProto.Tensor.newBuilder().setElemType(number(datatype)).setShape(shape)))
                .build();
    }

    private static int number(DataType datatype) {
        return (switch (datatype) {
            case BOOL -> TensorProto.DataType.BOOL;
            case UINT8 -> TensorProto.DataType.UINT8;
            case UINT16 -> TensorProto.DataType.UINT16;
            case UINT32 -> TensorProto.DataType.UINT32;
            case UINT64 -> TensorProto.DataType.UINT64;
            case INT8 -> TensorProto.DataType.INT8;
            case INT16 -> TensorProto.DataType.INT16;
            case INT32 -> TensorProto.DataType.INT32;
            case INT64 -> TensorProto.DataType.INT64;
            case FP16 -> TensorProto.DataType.FLOAT16;
            case BF16 -> TensorProto.DataType.BFLOAT16;
            case FP32 -> TensorProto.DataType.FLOAT;
            case FP64 -> TensorProto.DataType.DOUBLE;
            case BYTES -> TensorProto.DataType.STRING;
        }).getNumber();
    }
}
