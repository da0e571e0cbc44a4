package dev.understudy.models;

import static dev.understudy.models.Digits.CLASSES;
import static dev.understudy.models.Digits.PIXELS;
import static dev.understudy.models.Scorer.IMAGE;
import static dev.understudy.models.Scorer.PROBABILITIES;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import java.util.List;

/// Thread-safe. Challengers with the champion's signature that load and pass a warm-up on zeros and ones, and then
/// misbehave on real digits.
///
/// Every digit has a pixel of at least [#INK], and zeros and ones have none: that is what sets the faults off.
final class FaultyModels {
    private static final float INK = 8;
    /// The pixel right of the middle, inked in about half of the digits.
    private static final long MIDDLE_PIXEL = 36;
    private static final int SLOW_WIDTH = 512;
    private static final int SLOW_LAYERS = 64;
    private static final String HONEST = "honest_probabilities";

    private FaultyModels() {}

    /// NaN for every class wherever the middle pixel is inked, the champion's answer elsewhere.
    static byte[] returnsNan(Scorer champion) {
        return open(champion, "returns-nan").longs("middle", new long[]{MIDDLE_PIXEL}, 1)
                .floats("ink", new float[]{INK}, 1)
                .floats("nan", new float[]{Float.NaN}, 1)
                .node("pixel", "Gather", List.of(IMAGE, "middle"), OnnxGraph.attribute("axis", 1))
                .node("inked", "Greater", List.of("pixel", "ink"))
                .node(PROBABILITIES, "Where", List.of("inked", "nan", HONEST))
                .output(PROBABILITIES, DataType.FLOAT, CLASSES)
                .bytes();
    }

    /// Reads past the end of a table for every real digit, which fails the run.
    static byte[] throwsAtRunTime(Scorer champion) {
        return open(champion, "throws").floats("table", new float[(int) INK], (int) INK, 1)
                .node("darkest", "ReduceMax", List.of(IMAGE), OnnxGraph.attributes("axes", List.of(1L)),
                        OnnxGraph.attribute("keepdims", 0))
                .node("index", "Cast", List.of("darkest"),
                        OnnxGraph.attribute("to", DataType.INT64.getNumber()))
                .node("looked_up", "Gather", List.of("table", "index"), OnnxGraph.attribute("axis", 0))
                .node(PROBABILITIES, "Add", List.of(HONEST, "looked_up"))
                .output(PROBABILITIES, DataType.FLOAT, CLASSES)
                .bytes();
    }

    /// Declares ten classes and returns nine whenever a real digit is in the batch.
    static byte[] otherShape(Scorer champion) {
        return open(champion, "other-shape").floats("ink", new float[]{INK}, 1)
                .longs("first", new long[]{0}, 1)
                .longs("classes", new long[]{CLASSES}, 1)
                .longs("axis", new long[]{1}, 1)
                .longs("one_dimension", new long[]{1}, 1)
                .node("darkest", "ReduceMax", List.of(IMAGE), OnnxGraph.attribute("keepdims", 0))
                .node("darkest_of_batch", "Reshape", List.of("darkest", "one_dimension"))
                .node("inked", "GreaterOrEqual", List.of("darkest_of_batch", "ink"))
                .node("dropped", "Cast", List.of("inked"),
                        OnnxGraph.attribute("to", DataType.INT64.getNumber()))
                .node("end", "Sub", List.of("classes", "dropped"))
                .node(PROBABILITIES, "Slice", List.of(HONEST, "first", "end", "axis"))
                .output(PROBABILITIES, DataType.FLOAT, CLASSES)
                .bytes();
    }

    /// The champion's answer to the bit, after a chain of large products by zero. The zeros are made when the model
    /// is loaded, so the file stays small.
    static byte[] slow(Scorer champion) {
        OnnxGraph graph = open(champion, "slow").longs("in_shape", new long[]{PIXELS, SLOW_WIDTH}, 2)
                .longs("square_shape", new long[]{SLOW_WIDTH, SLOW_WIDTH}, 2)
                .longs("out_shape", new long[]{SLOW_WIDTH, CLASSES}, 2)
                .node("in_zeros", "ConstantOfShape", List.of("in_shape"))
                .node("square_zeros", "ConstantOfShape", List.of("square_shape"))
                .node("out_zeros", "ConstantOfShape", List.of("out_shape"))
                .node("layer_0", "MatMul", List.of(IMAGE, "in_zeros"));
        for (int layer = 1; layer <= SLOW_LAYERS; layer++) {
            graph.node("layer_" + layer, "MatMul", List.of("layer_" + (layer - 1), "square_zeros"));
        }
        return graph.node("nothing", "MatMul", List.of("layer_" + SLOW_LAYERS, "out_zeros"))
                .node(PROBABILITIES, "Add", List.of(HONEST, "nothing"))
                .output(PROBABILITIES, DataType.FLOAT, CLASSES)
                .bytes();
    }

    private static OnnxGraph open(Scorer champion, String name) {
        OnnxGraph graph = new OnnxGraph(name).input(IMAGE, DataType.FLOAT, PIXELS);
        champion.addScores(graph);
        return graph.node(HONEST, "Softmax", List.of("scores"), OnnxGraph.attribute("axis", 1));
    }
}
