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
        requirePositive(channels, layers, imageSize);
        long weights = Math.multiplyExact((long) channels * KERNEL * KERNEL, Math.max(channels, COLOURS));
        requireWeights(Math.multiplyExact(weights, layers));
        Random random = new Random(SEED);
        OnnxGraph graph = new OnnxGraph("conv").input("input", DataType.FLOAT, COLOURS, imageSize, imageSize)
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
        return graph.node("average", "GlobalAveragePool", List.of(previous))
                .node("output", "Flatten", List.of("average"), OnnxGraph.attribute("axis", 1))
                .bytes();
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
