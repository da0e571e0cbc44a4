package dev.understudy.diff;

import dev.understudy.diff.OutputComparator.Close;
import dev.understudy.diff.OutputComparator.Cosine;
import dev.understudy.diff.OutputComparator.Identical;
import dev.understudy.diff.OutputComparator.Ignore;
import dev.understudy.diff.OutputComparator.SameTopAnswer;
import dev.understudy.diff.OutputComparator.SameTopK;
import dev.understudy.diff.OutputComparator.Within;
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
        Ruling ruling = apply(rule, champion, challenger, metrics);
        boolean agrees = metrics.masksMatch() && ruling.agrees;
        return new Elementwise(champion.name(), rule.rule(), agrees, severity(agrees, ruling, metrics), metrics,
                ruling.scores);
    }

    private static TensorMetrics measure(OutputComparator rule, Tensor champion, Tensor challenger) {
        long elements = champion.shape().elements();
        if (!champion.datatype().isFloatingPoint()) {
            return TensorMetrics.exact(elements, ExactCount.unequal(champion, challenger));
        }
        Tolerance tolerance = rule instanceof Close close
                ? close.tolerance(champion.datatype())
                : Tolerance.of(champion.datatype());
        return TensorMetrics.of(KERNEL.compare(NumberReader.format(champion.datatype()), champion.data(),
                challenger.data(), elements, tolerance.atol(), tolerance.rtol()));
    }

    private static double severity(boolean agrees, Ruling ruling, TensorMetrics metrics) {
        if (!metrics.masksMatch()) {
            return Double.POSITIVE_INFINITY;
        }
        if (metrics.unequal() == 0) {
            return 0;
        }
        return agrees ? Math.min(ruling.distance, 1) : Math.max(ruling.distance, Math.nextUp(1.0));
    }

    private static Ruling apply(OutputComparator rule, Tensor champion, Tensor challenger, TensorMetrics metrics) {
        return switch (rule) {
            case Identical _ -> new Ruling(metrics.unequal() == 0, 1 + unequalShare(metrics), null);
            case Close close -> new Ruling(metrics.beyondTolerance() <= beyondMax(close.share(), metrics.elements()),
                    metrics.neededTolerance(), null);
            case Within(double limit) -> {
                double maxAbs = maxAbs(champion, challenger, metrics);
                yield new Ruling(maxAbs <= limit, maxAbs / limit, null);
            }
            case Cosine(double atLeast) -> new Ruling(metrics.cosine() >= atLeast,
                    (1 - metrics.cosine()) / (1 - atLeast), null);
            case SameTopAnswer _ -> ranked(ScoreRows.topAnswer(champion, challenger, tieAtol(champion)), champion,
                    metrics);
            case SameTopK(int k) -> ranked(ScoreRows.topK(champion, challenger, k, tieAtol(champion)), champion,
                    metrics);
            case Ignore _ -> new Ruling(true, 0, null);
        };
    }

    private static Ruling ranked(ScoreRows rows, Tensor champion, TensorMetrics metrics) {
        double moved = champion.datatype().isFloatingPoint() ? metrics.neededTolerance() : unequalShare(metrics);
        return new Ruling(rows.agrees(), rows.agrees() ? moved : 1 + rows.regret(), rows.metrics());
    }

    private static double tieAtol(Tensor champion) {
        return Tolerance.of(champion.datatype()).atol();
    }

    private static double unequalShare(TensorMetrics metrics) {
        return metrics.elements() == 0 ? 0 : (double) metrics.unequal() / metrics.elements();
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

    /// What a rule says, masks apart.
    ///
    /// @param distance how far the outputs are apart in the rule's own terms, the edge at 1
    private record Ruling(boolean agrees, double distance, @Nullable ScoreMetrics scores) {}
}
