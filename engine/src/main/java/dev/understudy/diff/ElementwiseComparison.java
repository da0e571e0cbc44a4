package dev.understudy.diff;

import dev.understudy.diff.OutputDifference.Elementwise;
import dev.understudy.diff.OutputDifference.ScoreMetrics;
import dev.understudy.ffm.kernel.FloatDiffKernel;
import dev.understudy.ffm.kernel.KernelChoice;
import dev.understudy.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/// Measures two tensors of the same datatype and shape and applies a rule to what it finds. Thread-safe: stateless.
///
/// Severity, by rule: 0 for equal outputs, at most 1 when they agree, above 1 when they do not, infinite when a NaN or
/// an infinity stands where the other has something else.
///
/// - `close`: the tolerance needed, in tolerances; at most 1 when enough elements are within it.
/// - `within`, `cosine`: how far, in units of the limit (largest distance / limit, (1-cosine) / (1-limit)).
/// - `identical`: 1 + share of unequal elements.
/// - `same_top_answer`, `same_top_k`: 1 + [ScoreRows#regret]; when they agree, how far the scores moved, at most 1.
final class ElementwiseComparison {
    private static final FloatDiffKernel KERNEL = KernelChoice.here().kernel();

    private ElementwiseComparison() {}

    static Elementwise of(OutputComparator rule, Tensor champion, Tensor challenger) {
        TensorMetrics metrics = measure(rule, champion, challenger);
        ScoreRows rows = switch (rule) {
            case OutputComparator.SameTopAnswer _ -> ScoreRows.topAnswer(champion, challenger, tieAtol(champion));
            case OutputComparator.SameTopK(int k) -> ScoreRows.topK(champion, challenger, k, tieAtol(champion));
            case OutputComparator.Identical _,OutputComparator.Close _,OutputComparator.Within _,OutputComparator.Cosine _,OutputComparator.Ignore _ ->
                null;
        };
        ScoreMetrics scores = rows == null ? null : rows.metrics();
        if (!metrics.masksMatch()) {
            return new Elementwise(champion.name(), rule.rule(), false, Double.POSITIVE_INFINITY, metrics, scores);
        }
        boolean agrees = agrees(rule, champion, challenger, metrics, rows);
        double severity = severity(rule, champion, challenger, metrics, rows);
        double edged = agrees ? Math.min(severity, 1) : Math.max(severity, Math.nextUp(1.0));
        return new Elementwise(champion.name(), rule.rule(), agrees, edged, metrics, scores);
    }

    private static TensorMetrics measure(OutputComparator rule, Tensor champion, Tensor challenger) {
        long elements = champion.shape().elements();
        if (!champion.datatype().isFloatingPoint()) {
            return TensorMetrics.exact(elements, ExactCount.unequal(champion, challenger));
        }
        Tolerance tolerance = rule instanceof OutputComparator.Close close
                ? close.tolerance(champion.datatype())
                : Tolerance.of(champion.datatype());
        return TensorMetrics.of(KERNEL.compare(NumberReader.format(champion.datatype()), champion.data(),
                challenger.data(), elements, tolerance.atol(), tolerance.rtol()));
    }

    private static boolean agrees(OutputComparator rule, Tensor champion, Tensor challenger, TensorMetrics metrics,
            @Nullable ScoreRows rows) {
        return switch (rule) {
            case OutputComparator.Identical _ -> metrics.unequal() == 0;
            case OutputComparator.Close close -> metrics.beyondTolerance() <= beyondMax(close.share(),
                    metrics.elements());
            case OutputComparator.Within(double limit) -> maxAbs(champion, challenger, metrics) <= limit;
            case OutputComparator.Cosine(double atLeast) -> metrics.cosine() >= atLeast;
            case OutputComparator.SameTopAnswer _,OutputComparator.SameTopK _ -> rows != null && rows.agrees();
            case OutputComparator.Ignore _ -> true;
        };
    }

    private static double severity(OutputComparator rule, Tensor champion, Tensor challenger, TensorMetrics metrics,
            @Nullable ScoreRows rows) {
        if (metrics.unequal() == 0) {
            return 0;
        }
        return switch (rule) {
            case OutputComparator.Identical _ -> 1 + (double) metrics.unequal() / metrics.elements();
            case OutputComparator.Close _ -> metrics.neededTolerance();
            case OutputComparator.Within(double limit) -> maxAbs(champion, challenger, metrics) / limit;
            case OutputComparator.Cosine(double atLeast) -> (1 - metrics.cosine()) / (1 - atLeast);
            case OutputComparator.SameTopAnswer _,OutputComparator.SameTopK _ -> rows == null || rows.agrees()
                    ? moved(champion, metrics)
                    : 1 + rows.regret();
            case OutputComparator.Ignore _ -> 0;
        };
    }

    private static double moved(Tensor champion, TensorMetrics metrics) {
        return champion.datatype().isFloatingPoint()
                ? metrics.neededTolerance()
                : (double) metrics.unequal() / metrics.elements();
    }

    /// The most elements that may be beyond the tolerance, lifted so that 99.9% of 1000 leaves one although 0.999 is
    /// no binary fraction.
    private static long beyondMax(double share, long elements) {
        return (long) Math.floor((1 - share) * elements + 1e-6);
    }

    private static double maxAbs(Tensor champion, Tensor challenger, TensorMetrics metrics) {
        if (champion.datatype().isFloatingPoint()) {
            return metrics.maxAbs();
        }
        NumberReader reader = NumberReader.of(champion.datatype());
        double largest = 0;
        for (long i = 0; i < metrics.elements(); i++) {
            largest = Math.max(largest, Math.abs(reader.at(challenger.data(), i) - reader.at(champion.data(), i)));
        }
        return largest;
    }

    private static double tieAtol(Tensor champion) {
        return Tolerance.of(champion.datatype()).atol();
    }
}
