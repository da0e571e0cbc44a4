package dev.understudy.server.codec;

import dev.understudy.infer.InferenceFailure;
import dev.understudy.infer.InferenceOutcome;
import dev.understudy.infer.InferenceResponse;
import dev.understudy.model.Labels;
import dev.understudy.model.ServedConfig.ServedTensor;
import dev.understudy.tensor.DataType;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/// The classification extension: in place of an output, its greatest elements as strings `value:index`, or
/// `value:index:label` where the model has labels for them. Immutable, thread-safe.
///
/// An output whose first dimension varies in the model's signature has a row for each row of the request, and each row
/// is classified by itself; any other output is one row.
///
/// @param classes how many elements are wanted, by output
/// @param served  the model's outputs
public record TopClasses(Map<String, Integer> classes, List<ServedTensor> served) {
    public TopClasses {
        classes = Map.copyOf(classes);
        served = List.copyOf(served);
    }

    /// The answer with its classified outputs replaced, or why one cannot be.
    public InferenceOutcome apply(InferenceResponse response) {
        List<Tensor> outputs = new ArrayList<>(response.outputs().size());
        for (Tensor output : response.outputs()) {
            Integer count = classes.get(output.name());
            if (count == null) {
                outputs.add(output);
            } else if (output.datatype() == DataType.BYTES || output.datatype() == DataType.BOOL) {
                return InferenceFailure.invalid("output '" + output.name() + "' is " + output.datatype()
                        + ", which has no greatest elements: leave the parameter 'classification' out");
            } else {
                outputs.add(greatest(output, count));
            }
        }
        return new InferenceResponse(response.model(), response.version(), outputs, response.timings());
    }

    private Tensor greatest(Tensor output, int count) {
        ServedTensor about = find(output.name());
        Shape shape = about == null ? output.shape() : about.spec().shape();
        Labels labels = about == null ? Labels.NONE : about.labels();
        boolean byRow = shape.rank() > 0 && shape.dim(0) == Shape.VARIABLE;
        int elements = Math.toIntExact(output.shape().elements());
        int rows = byRow ? Math.toIntExact(output.shape().dim(0)) : 1;
        int rowElements = rows == 0 ? 0 : elements / rows;
        int kept = Math.min(count, rowElements);
        Scores scores = new Scores(output);
        byte[][] strings = new byte[rows * kept][];
        int filled = 0;
        for (int row = 0; row < rows && kept > 0; row++) {
            for (int element : scores.greatest(row * rowElements, rowElements, kept)) {
                int index = element - row * rowElements;
                String label = labels.of(index);
                String text = scores.text(element) + ":" + index + (label.isEmpty() ? "" : ":" + label);
                strings[filled++] = text.getBytes(StandardCharsets.UTF_8);
            }
        }
        return Tensor.ofBytes(output.name(), byRow ? Shape.of(rows, kept) : Shape.of(kept), strings);
    }

    private @Nullable ServedTensor find(String output) {
        for (ServedTensor tensor : served) {
            if (tensor.spec().name().equals(output)) {
                return tensor;
            }
        }
        return null;
    }

    /// The elements of one numeric tensor in their order: greater first, of equal ones the earlier, NaN last.
    private record Scores(ByteBuffer data, DataType datatype) {
        Scores(Tensor tensor) {
            this(tensor.data().asByteBuffer().order(ByteOrder.LITTLE_ENDIAN), tensor.datatype());
        }

        List<Integer> greatest(int from, int length, int count) {
            Comparator<Integer> better = datatype.isFloatingPoint()
                    ? (a, b) -> compareFloating(floating(b), floating(a))
                    : (a, b) -> Long.compare(ordered(b), ordered(a));
            Comparator<Integer> order = better.thenComparing(Comparator.naturalOrder());
            PriorityQueue<Integer> kept = new PriorityQueue<>(Math.min(count, length) + 1, order.reversed());
            for (int element = from; element < from + length; element++) {
                kept.add(element);
                if (kept.size() > count) {
                    kept.remove();
                }
            }
            return kept.stream().sorted(order).toList();
        }

        private static int compareFloating(double one, double other) {
            return Double.isNaN(one) || Double.isNaN(other)
                    ? Boolean.compare(!Double.isNaN(one), !Double.isNaN(other))
                    // Not by Double.compare, for which 0 is greater than -0.
                    : one < other ? -1 : one > other ? 1 : 0;
        }

        String text(int element) {
            return switch (datatype) {
                case FP64 -> Double.toString(data.getDouble(8 * element));
                case FP16, BF16, FP32 -> Float.toString((float) floating(element));
                case UINT64 -> Long.toUnsignedString(data.getLong(8 * element));
                default -> Long.toString(ordered(element));
            };
        }

        private double floating(int element) {
            return switch (datatype) {
                case FP64 -> data.getDouble(8 * element);
                case FP32 -> data.getFloat(4 * element);
                case FP16 -> Float.float16ToFloat(data.getShort(2 * element));
                case BF16 -> Float.intBitsToFloat(data.getShort(2 * element) << 16);
                default -> throw new IllegalStateException("not floating: " + datatype);
            };
        }

        /// An integer whose order among longs is the element's order.
        private long ordered(int element) {
            return switch (datatype) {
                case INT8 -> data.get(element);
                case UINT8 -> Byte.toUnsignedLong(data.get(element));
                case INT16 -> data.getShort(2 * element);
                case UINT16 -> Short.toUnsignedLong(data.getShort(2 * element));
                case INT32 -> data.getInt(4 * element);
                case UINT32 -> Integer.toUnsignedLong(data.getInt(4 * element));
                case INT64 -> data.getLong(8 * element);
                case UINT64 -> data.getLong(8 * element) ^ Long.MIN_VALUE;
                default -> throw new IllegalStateException("not an integer: " + datatype);
            };
        }
    }
}
