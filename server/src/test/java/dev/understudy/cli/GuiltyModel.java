package dev.understudy.cli;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// A challenger that passes its probation and crashes the process on one request.
final class GuiltyModel {
    /// The first pixel of a request on which it crashes. No digit has it, nor what a trial makes up.
    static final int FATAL_PIXEL = -1_000;

    private GuiltyModel() {}

    /// The honest model's answer to every digit whose first pixel is not [#FATAL_PIXEL]. For that one the least integer over minus
    /// one, which has no result, and for which a processor of this kind interrupts the process.
    ///
    /// @param honest a model of the digits
    static byte[] of(Path honest) throws IOException {
        ModelProto.Builder model = ModelProto.parseFrom(Files.readAllBytes(honest)).toBuilder();
        for (NodeProto.Builder node : model.getGraphBuilder().getNodeBuilderList()) {
            if (node.getOutput(0).equals("probabilities")) {
                node.setName("honest").setOutput(0, "honest");
            }
        }
        constant(model, "first_pixel", 0);
        constant(model, "shift", -FATAL_PIXEL - 1);
        constant(model, "least", Long.MIN_VALUE);
        node(model, "pixel", "Gather", List.of("image", "first_pixel"), "axis", 1);
        node(model, "whole_pixel", "Cast", List.of("pixel"), "to", TensorProto.DataType.INT64.getNumber());
        node(model, "divisor", "Add", List.of("whole_pixel", "shift"), "", 0);
        node(model, "quotient", "Div", List.of("least", "divisor"), "", 0);
        node(model, "nothing", "Sub", List.of("quotient", "quotient"), "", 0);
        node(model, "nothing_float", "Cast", List.of("nothing"), "to", TensorProto.DataType.FLOAT.getNumber());
        node(model, "probabilities", "Add", List.of("honest", "nothing_float"), "", 0);
        return model.build().toByteArray();
    }

    private static void constant(ModelProto.Builder model, String name, long value) {
        model.getGraphBuilder().addInitializer(TensorProto.newBuilder().setName(name)
                .setDataType(TensorProto.DataType.INT64.getNumber()).addDims(1).addInt64Data(value));
    }

    private static void node(ModelProto.Builder model, String output, String operator, List<String> inputs,
            String attribute, long value) {
        NodeProto.Builder node = NodeProto.newBuilder().setName(output).setOpType(operator).addAllInput(inputs)
                .addOutput(output);
        if (!attribute.isEmpty()) {
            node.addAttribute(AttributeProto.newBuilder().setName(attribute)
                    .setType(AttributeProto.AttributeType.INT).setI(value));
        }
        model.getGraphBuilder().addNode(node);
    }
}
