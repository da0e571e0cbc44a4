package dev.understudy.models;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import java.util.List;
import java.util.Random;

/// Thread-safe. ONNX models by size, for benchmarks: input `input`, output `output`, both FP32, with one symbolic
/// first dimension. Rows are independent. Weights are pseudo-random from a fixed seed and keep activations at the
/// scale of the input, so equal arguments give equal bytes and no layer sees zeros, infinities or subnormals only.
///
/// Every method throws IllegalArgumentException for an argument below 1 and for weights of more than 1 GiB, since a
/// model file cannot exceed 2 GiB.
public final class SyntheticModels {
    private static final long WEIGHT_BYTES_MAX = 1L << 30;
    private static final long SEED = 42;
    private static final int COLOURS = 3;
    private static final int KERNEL = 3;
    private static final int FEATURES = 32;
    private static final int CLASSES = 16;

    private SyntheticModels() {}

    /// A multi-layer perceptron, `[batch, width] -> [batch, width]`: `layers` times a dense layer and a ReLU.
    public static byte[] mlp(int width, int layers) {
        requirePositive(width, layers);
        long weights = Math.multiplyExact((long) width, width);
        requireWeights(Math.multiplyExact(weights, layers));
        Random random = new Random(SEED);
        OnnxGraph graph = new OnnxGraph("mlp").input("input", DataType.FLOAT, width).output("output", DataType.FLOAT,
                width);
        String previous = "input";
        for (int layer = 0; layer < layers; layer++) {
            String dense = "dense_" + layer;
            String next = layer == layers - 1 ? "output" : "relu_" + layer;
            graph.floats("weights_" + layer, uniform(random, (int) weights, width), width, width)
                    .floats("biases_" + layer, new float[width], width)
                    .node(dense, "Gemm", List.of(previous, "weights_" + layer, "biases_" + layer))
                    .node(next, "Relu", List.of(dense));
            previous = next;
        }
        return graph.bytes();
    }

    /// A convolutional network, `[batch, 3, imageSize, imageSize] -> [batch, channels]`: `layers` times a 3x3
    /// convolution that keeps the image's size and a ReLU, then the average of each channel.
    public static byte[] conv(int channels, int layers, int imageSize) {
        return convolved("conv", new Random(SEED), channels, layers, imageSize)
                .node("output", "Flatten", List.of("average"), OnnxGraph.attribute("axis", 1))
                .bytes();
    }

    private static OnnxGraph convolved(String name, Random random, int channels, int layers, int imageSize) {
        requirePositive(channels, layers, imageSize);
        long weights = Math.multiplyExact((long) channels * KERNEL * KERNEL, Math.max(channels, COLOURS));
        requireWeights(Math.multiplyExact(weights, layers));
        OnnxGraph graph = new OnnxGraph(name).input("input", DataType.FLOAT, COLOURS, imageSize, imageSize)
                .output("output", DataType.FLOAT, channels);
        String previous = "input";
        int channelsIn = COLOURS;
        for (int layer = 0; layer < layers; layer++) {
            int fanIn = channelsIn * KERNEL * KERNEL;
            graph.floats("weights_" + layer, uniform(random, channels * fanIn, fanIn), channels, channelsIn, KERNEL,
                    KERNEL)
                    .node("conv_" + layer, "Conv", List.of(previous, "weights_" + layer),
                            OnnxGraph.attributes("kernel_shape", List.of((long) KERNEL, (long) KERNEL)),
                            OnnxGraph.attributes("pads", List.of(1L, 1L, 1L, 1L)))
                    .node("relu_" + layer, "Relu", List.of("conv_" + layer));
            previous = "relu_" + layer;
            channelsIn = channels;
        }
        return graph.node("average", "GlobalAveragePool", List.of(previous));
    }

    /// A perceptron over the tokens of a sequence, `[batch, tokens, 32] -> [batch, 16]`: `layers` times a square dense layer
    /// and a ReLU on every token, then their average. One row is `tokens` rows of each multiplication, so that a single
    /// request is arithmetic and not the reading of weights.
    public static byte[] tokenMlp(int tokens, int width, int layers) {
        requirePositive(tokens, width, layers);
        requireWeights(Math.multiplyExact(Math.multiplyExact((long) width, width), layers));
        Random random = new Random(SEED);
        OnnxGraph graph = new OnnxGraph("token_mlp").input("input", DataType.FLOAT, tokens, FEATURES)
                .output("output", DataType.FLOAT, CLASSES);
        String previous = "input";
        int widthIn = FEATURES;
        for (int layer = 0; layer <= layers; layer++) {
            graph.floats("weights_" + layer, uniform(random, widthIn * width, widthIn), widthIn, width)
                    .node("dense_" + layer, "MatMul", List.of(previous, "weights_" + layer))
                    .node("relu_" + layer, "Relu", List.of("dense_" + layer));
            previous = "relu_" + layer;
            widthIn = width;
        }
        return graph.floats("weights_out", uniform(random, width * CLASSES, width), width, CLASSES)
                .node("average", "ReduceMean", List.of(previous), OnnxGraph.attributes("axes", List.of(1L)),
                        OnnxGraph.attribute("keepdims", 0))
                .node("output", "MatMul", List.of("average", "weights_out"))
                .bytes();
    }

    /// Little but the moving of memory, `[batch, tokens] -> [batch, channels]`: each token, from 0 to 1, chooses one of
    /// `entries` embeddings; `layers` times a layer normalisation, a tanh and an addition follow, then the largest of each
    /// channel.
    public static byte[] embedding(int tokens, int entries, int channels, int layers) {
        requirePositive(tokens, entries, channels, layers);
        requireWeights(Math.multiplyExact((long) entries, channels));
        Random random = new Random(SEED);
        OnnxGraph graph = new OnnxGraph("embedding").input("input", DataType.FLOAT, tokens)
                .output("output", DataType.FLOAT, channels)
                .floats("zero", new float[]{0})
                .floats("one", new float[]{1})
                .floats("last", new float[]{entries - 1})
                .floats("table", uniform(random, entries * channels, 2), entries, channels)
                .node("within", "Clip", List.of("input", "zero", "one"))
                .node("place", "Mul", List.of("within", "last"))
                .node("index", "Cast", List.of("place"), OnnxGraph.attribute("to", DataType.INT64.getNumber()))
                .node("embedded", "Gather", List.of("table", "index"));
        String previous = "embedded";
        for (int layer = 0; layer < layers; layer++) {
            graph.floats("scale_" + layer, uniform(random, channels, 2), channels)
                    .floats("bias_" + layer, uniform(random, channels, 2), channels)
                    .node("norm_" + layer, "LayerNormalization", List.of(previous, "scale_" + layer, "bias_" + layer))
                    .node("tanh_" + layer, "Tanh", List.of("norm_" + layer))
                    .node("sum_" + layer, "Add", List.of(previous, "tanh_" + layer));
            previous = "sum_" + layer;
        }
        return graph.node("output", "ReduceMax", List.of(previous), OnnxGraph.attributes("axes", List.of(1L)),
                OnnxGraph.attribute("keepdims", 0)).bytes();
    }

    /// Many operators with next to nothing to do, `[batch, 3, imageSize, imageSize] -> [batch, channels]`: [#conv], and on its
    /// averages `steps` times a multiplication, an addition and a tanh.
    public static byte[] manySteps(int channels, int layers, int imageSize, int steps) {
        requirePositive(steps);
        Random random = new Random(SEED);
        OnnxGraph graph = convolved("many_steps", random, channels, layers, imageSize).node("steps", "Flatten",
                List.of("average"), OnnxGraph.attribute("axis", 1));
        String previous = "steps";
        for (int step = 0; step < steps; step++) {
            String next = step == steps - 1 ? "output" : "tanh_" + step;
            graph.floats("factor_" + step, uniform(random, channels, 2), channels)
                    .floats("term_" + step, uniform(random, channels, 2), channels)
                    .node("product_" + step, "Mul", List.of(previous, "factor_" + step))
                    .node("sum_" + step, "Add", List.of("product_" + step, "term_" + step))
                    .node(next, "Tanh", List.of("sum_" + step));
            previous = next;
        }
        return graph.bytes();
    }

    /// A copy, `[batch, elements] -> [batch, elements]`.
    public static byte[] identity(int elements) {
        requirePositive(elements);
        return new OnnxGraph("identity").input("input", DataType.FLOAT, elements)
                .output("output", DataType.FLOAT, elements)
                .node("output", "Identity", List.of("input"))
                .bytes();
    }

    /// Next to no work, `[batch, inputFloats] -> [batch, outputFloats]`: the first `outputFloats` of each row.
    ///
    /// @throws IllegalArgumentException also if `outputFloats` is more than `inputFloats`
    public static byte[] trivial(int inputFloats, int outputFloats) {
        requirePositive(inputFloats, outputFloats);
        if (outputFloats > inputFloats) {
            throw new IllegalArgumentException(outputFloats + " floats cannot be taken of " + inputFloats);
        }
        return new OnnxGraph("trivial").input("input", DataType.FLOAT, inputFloats)
                .output("output", DataType.FLOAT, outputFloats)
                .longs("start", new long[]{0}, 1)
                .longs("end", new long[]{outputFloats}, 1)
                .longs("axis", new long[]{1}, 1)
                .node("output", "Slice", List.of("input", "start", "end", "axis"))
                .bytes();
    }

    /// Uniform with variance 2 / fanIn, which a ReLU halves again: the scale of the input is kept.
    private static float[] uniform(Random random, int count, int fanIn) {
        float bound = (float) Math.sqrt(6.0 / fanIn);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (2 * random.nextFloat() - 1) * bound;
        }
        return values;
    }

    private static void requirePositive(int... arguments) {
        for (int argument : arguments) {
            if (argument < 1) {
                throw new IllegalArgumentException("sizes are at least 1, not " + argument);
            }
        }
    }

    private static void requireWeights(long count) {
        if (count > WEIGHT_BYTES_MAX / Float.BYTES) {
            throw new IllegalArgumentException("weights of " + count + " floats exceed 1 GiB");
        }
    }
}
