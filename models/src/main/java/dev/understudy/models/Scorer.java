package dev.understudy.models;

import static dev.understudy.models.Digits.CLASSES;
import static dev.understudy.models.Digits.PIXELS;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import java.util.List;

/// Thread-safe. The weights of a trained digit classifier, and how they become an ONNX graph.
///
/// Every model of this module has the same signature: input `image`, FP32 `[batch, 64]`, pixels 0..16 row-major as
/// they come; output `probabilities`, FP32 `[batch, 10]`, a softmax over the labels. The weights take pixels as they
/// are: the scaling to 0..1 that training uses is a power of two and is folded into them exactly. Arrays are given
/// away to the record on construction and only read from then on.
@SuppressWarnings("ArrayRecordComponent")
sealed interface Scorer {
    /// The input of every model.
    String IMAGE = "image";
    /// The output of every model.
    String PROBABILITIES = "probabilities";

    /// Adds the nodes that compute `scores`, FP32 `[batch, 10]`, from `image`.
    void addScores(OnnxGraph graph);

    /// A graph with the input `image` and the node `probabilities`; outputs are still to be declared.
    default OnnxGraph open(String name) {
        OnnxGraph graph = new OnnxGraph(name).input(IMAGE, DataType.FLOAT, PIXELS);
        addScores(graph);
        return graph.node(PROBABILITIES, "Softmax", List.of("scores"), OnnxGraph.attribute("axis", 1));
    }

    /// The whole model file.
    default byte[] onnx(String name) {
        return open(name).output(PROBABILITIES, DataType.FLOAT, CLASSES).bytes();
    }

    /// Scores that are linear in the pixels.
    ///
    /// @param weights `[64, 10]`, row-major
    /// @param biases `[10]`
    record Linear(float[] weights, float[] biases) implements Scorer {
        @Override
        public void addScores(OnnxGraph graph) {
            graph.floats("weights", weights, PIXELS, CLASSES)
                    .floats("biases", biases, CLASSES)
                    .node("scores", "Gemm", List.of(IMAGE, "weights", "biases"));
        }
    }

    /// The same scores from weights stored in half precision, widened when the model is loaded.
    ///
    /// @param weights `[64, 10]`, row-major
    /// @param biases `[10]`
    record HalfPrecision(float[] weights, float[] biases) implements Scorer {
        @Override
        public void addScores(OnnxGraph graph) {
            var toFloat = OnnxGraph.attribute("to", DataType.FLOAT.getNumber());
            graph.halves("half_weights", weights, PIXELS, CLASSES)
                    .halves("half_biases", biases, CLASSES)
                    .node("weights", "Cast", List.of("half_weights"), toFloat)
                    .node("biases", "Cast", List.of("half_biases"), toFloat)
                    .node("scores", "Gemm", List.of(IMAGE, "weights", "biases"));
        }
    }

    /// Linear scores plus a weight for every pair of pixels, factorised: for class c, half the sum over factors f of
    /// `(sum_i v[i][c,f] x[i])^2 - sum_i v[i][c,f]^2 x[i]^2`.
    ///
    /// @param linear the linear part
    /// @param factors v as `[64, 10 * factorCount]`, row-major, the factors of a class side by side
    record Factorised(Linear linear, float[] factors) implements Scorer {
        @Override
        public void addScores(OnnxGraph graph) {
            graph.floats("weights", linear.weights, PIXELS, CLASSES)
                    .floats("biases", linear.biases, CLASSES)
                    .floats("factors", factors, PIXELS, factors.length / PIXELS)
                    .floats("half_sum_by_class", halfSumByClass(), factors.length / PIXELS, CLASSES)
                    .floats("own_pairs", ownPairs(), PIXELS, CLASSES)
                    .node("linear", "Gemm", List.of(IMAGE, "weights", "biases"))
                    .node("projected", "MatMul", List.of(IMAGE, "factors"))
                    .node("projected_squared", "Mul", List.of("projected", "projected"))
                    .node("all_pairs", "MatMul", List.of("projected_squared", "half_sum_by_class"))
                    .node("image_squared", "Mul", List.of(IMAGE, IMAGE))
                    .node("own", "MatMul", List.of("image_squared", "own_pairs"))
                    .node("pairs", "Sub", List.of("all_pairs", "own"))
                    .node("scores", "Add", List.of("linear", "pairs"));
        }

        private int factorCount() {
            return factors.length / (PIXELS * CLASSES);
        }

        private float[] halfSumByClass() {
            float[] matrix = new float[factorCount() * CLASSES * CLASSES];
            for (int row = 0; row < factorCount() * CLASSES; row++) {
                matrix[row * CLASSES + row / factorCount()] = 0.5f;
            }
            return matrix;
        }

        private float[] ownPairs() {
            float[] matrix = new float[PIXELS * CLASSES];
            for (int i = 0; i < matrix.length; i++) {
                double sum = 0;
                for (int f = 0; f < factorCount(); f++) {
                    double factor = factors[i * factorCount() + f];
                    sum += factor * factor;
                }
                matrix[i] = (float) (sum / 2);
            }
            return matrix;
        }
    }
}
