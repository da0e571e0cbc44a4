package dev.understudy.models;

import static dev.understudy.models.Digits.CLASSES;
import static dev.understudy.models.Digits.PIXELS;
import static dev.understudy.models.Scorer.IMAGE;
import static dev.understudy.models.Scorer.PROBABILITIES;

import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/// Thread-safe. Files that must never become a challenger: not models, models that do not load or crash while loading,
/// and models whose signature cannot be paired with the champion's.
final class BrokenModels {
    private static final int GARBAGE_BYTES = 2048;
    private static final long SEED = 42;
    private static final String LOCAL = "f";
    private static final int NESTED_FUNCTIONS = 5000;

    private BrokenModels() {}

    /// Bytes that are no model.
    static byte[] garbage() {
        byte[] bytes = new byte[GARBAGE_BYTES];
        new Random(SEED).nextBytes(bytes);
        return bytes;
    }

    /// The first half of a good file.
    static byte[] truncated(byte[] whole) {
        return Arrays.copyOf(whole, whole.length / 2);
    }

    /// Wants 63 pixels.
    static byte[] wrongInput() {
        return summing("wrong-input", DataType.FLOAT, PIXELS - 1, PROBABILITIES, CLASSES);
    }

    /// Wants FP64 pixels.
    static byte[] wrongDatatype() {
        return summing("wrong-datatype", DataType.DOUBLE, PIXELS, PROBABILITIES, CLASSES);
    }

    /// Calls its output `scores`.
    static byte[] wrongOutput() {
        return summing("wrong-output", DataType.FLOAT, PIXELS, "scores", CLASSES);
    }

    /// Knows nine classes.
    static byte[] nineClasses() {
        return summing("nine-classes", DataType.FLOAT, PIXELS, PROBABILITIES, CLASSES - 1);
    }

    /// Well-formed, with an operator that nobody implements.
    static byte[] failsToLoad() {
        return new OnnxGraph("fails-to-load").input(IMAGE, DataType.FLOAT, PIXELS)
                .node(PROBABILITIES, "Clairvoyance", List.of(IMAGE))
                .output(PROBABILITIES, DataType.FLOAT, CLASSES)
                .bytes();
    }

    /// Crashes the process that loads it: functions nested so deeply that ONNX Runtime, which inlines them by recursion,
    /// runs out of stack on any thread of ordinary stack size (up to 8 MiB).
    static byte[] crashes() {
        var standard = OperatorSetIdProto.newBuilder().setVersion(OnnxGraph.OPSET);
        var local = OperatorSetIdProto.newBuilder().setDomain(LOCAL).setVersion(1);
        ModelProto.Builder model = new OnnxGraph("crashes").input(IMAGE, DataType.FLOAT, PIXELS)
                .output(PROBABILITIES, DataType.FLOAT, CLASSES)
                .model()
                .toBuilder()
                .addOpsetImport(local);
        model.getGraphBuilder().addNode(call(0).addInput(IMAGE).addOutput(PROBABILITIES));
        for (int level = 0; level < NESTED_FUNCTIONS; level++) {
            NodeProto.Builder body = level < NESTED_FUNCTIONS - 1
                    ? call(level + 1)
                    : NodeProto.newBuilder().setOpType("Relu");
            model.addFunctions(FunctionProto.newBuilder()
                    .setDomain(LOCAL)
                    .setName("f" + level)
                    .addInput("x")
                    .addOutput("y")
                    .addOpsetImport(standard)
                    .addOpsetImport(local)
                    .addNode(body.addInput("x").addOutput("y")));
        }
        return model.build().toByteArray();
    }

    private static NodeProto.Builder call(int level) {
        return NodeProto.newBuilder().setDomain(LOCAL).setOpType("f" + level);
    }

    /// Loads and runs: every class gets the sum of the pixels.
    private static byte[] summing(String name, DataType inputType, int pixels, String output, int classes) {
        float[] ones = new float[pixels * classes];
        Arrays.fill(ones, 1);
        return new OnnxGraph(name).input(IMAGE, inputType, pixels)
                .floats("ones", ones, pixels, classes)
                .node("pixels", "Cast", List.of(IMAGE), OnnxGraph.attribute("to", DataType.FLOAT.getNumber()))
                .node(output, "MatMul", List.of("pixels", "ones"))
                .output(output, DataType.FLOAT, classes)
                .bytes();
    }
}
