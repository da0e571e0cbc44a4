package dev.understudy.journal;

import dev.understudy.diff.NumberReader;
import dev.understudy.tensor.DataType;
import dev.understudy.tensor.Tensor;
import dev.understudy.verdict.Task;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What one model answered to the rows of one request, as far as the truth about them can judge it. Immutable.
///
/// @param answers an answer a row, spelled as the task spells labels
/// @param scores  the rows' score vectors one after the other, empty where the output has none, they are no
///                probabilities, or they are too many to keep
public record Prediction(List<String> answers, List<Double> scores) {
    /// Rows of a request that are held; the answers of a larger one are not.
    public static final int ROWS_MAX = 64;
    /// Scores of a request that are held; of a larger one only the top answers are.
    public static final int SCORES_MAX = 1024;
    /// How far from 1 the sum of a row's probabilities may be.
    private static final double SUM_SLACK = 1e-3;

    public Prediction {
        answers = List.copyOf(answers);
        scores = List.copyOf(scores);
        if (!scores.isEmpty() && scores.size() % answers.size() != 0) {
            throw new IllegalArgumentException(scores.size() + " scores for " + answers.size() + " answers");
        }
    }

    /// Scores of one row, 0 where none are held.
    public int classes() {
        return answers.isEmpty() ? 0 : scores.size() / answers.size();
    }

    /// The answer among `outputs` that the task is about. Empty when it is not there, has no rows or too many, or is of a
    /// datatype or value that cannot answer.
    static Optional<Prediction> of(Task task, List<Tensor> outputs) {
        for (Tensor output : outputs) {
            if (output.name().equals(task.output()) && output.shape().elements() > 0) {
                return switch (task.type()) {
                    case CLASSIFICATION -> classified(task, output);
                    case REGRESSION -> answered(task, output);
                };
            }
        }
        return Optional.empty();
    }

    private static Optional<Prediction> classified(Task task, Tensor output) {
        return switch (output.datatype()) {
            case FP16, BF16, FP32, FP64 -> scored(task, output);
            case INT8, INT16, INT32, INT64, UINT8, UINT16, UINT32, UINT64, BOOL, BYTES -> answered(task, output);
        };
    }

    /// The top answer of each row of the last axis. A lone score is the probability of class 1.
    private static Optional<Prediction> scored(Task task, Tensor output) {
        int rank = output.shape().rank();
        long width = rank == 0 ? 1 : output.shape().dim(rank - 1);
        long rows = output.shape().elements() / width;
        if (rows > ROWS_MAX) {
            return Optional.empty();
        }
        NumberReader reader = NumberReader.of(output.datatype());
        List<String> answers = new ArrayList<>();
        List<Double> scores = new ArrayList<>();
        boolean keeps = width > 1 ? rows * width <= SCORES_MAX : true;
        for (long row = 0; row < rows; row++) {
            double sum = 0;
            long top = 0;
            double best = Double.NEGATIVE_INFINITY;
            boolean probabilities = true;
            for (long column = 0; column < Math.max(2, width); column++) {
                double score = width > 1
                        ? reader.at(output.data(), row * width + column)
                        : Math.abs(1 - column - reader.at(output.data(), row));
                if (score > best) {
                    best = score;
                    top = column;
                }
                sum += score;
                probabilities &= score >= 0 && score <= 1;
                if (keeps) {
                    scores.add(score);
                }
            }
            keeps &= probabilities && Math.abs(sum - 1) <= SUM_SLACK;
            answers.add(Long.toString(top));
        }
        return spelled(task, answers, keeps ? scores : List.of());
    }

    private static Optional<Prediction> answered(Task task, Tensor output) {
        if (output.shape().elements() > ROWS_MAX) {
            return Optional.empty();
        }
        List<String> answers = new ArrayList<>();
        if (output.datatype() == DataType.BYTES) {
            for (byte[] text : output.byteStrings()) {
                answers.add(new String(text, StandardCharsets.UTF_8));
            }
        } else {
            for (long element = 0; element < output.shape().elements(); element++) {
                answers.add(text(output.datatype(), output.data(), element));
            }
        }
        return spelled(task, answers, List.of());
    }

    private static String text(DataType datatype, MemorySegment data, long element) {
        return switch (datatype) {
            case BOOL -> Boolean.toString(data.get(ValueLayout.JAVA_BYTE, element) != 0);
            case INT8, INT16, INT32, INT64, UINT8, UINT16, UINT32, UINT64 ->
                Long.toString((long) NumberReader.of(datatype).at(data, element));
            case FP16, BF16, FP32, FP64 -> Double.toString(NumberReader.of(datatype).at(data, element));
            case BYTES -> throw new IllegalStateException("strings have no fixed size");
        };
    }

    private static Optional<Prediction> spelled(Task task, List<String> answers, List<Double> scores) {
        List<String> spelled = new ArrayList<>();
        for (String answer : answers) {
            Optional<String> one = task.spelled(answer);
            if (one.isEmpty()) {
                return Optional.empty();
            }
            spelled.add(one.get());
        }
        return Optional.of(new Prediction(spelled, scores));
    }
}
