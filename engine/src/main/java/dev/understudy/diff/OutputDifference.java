package dev.understudy.diff;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// How one output differs between champion and challenger.
public sealed interface OutputDifference {
    /// The champion's name of the output.
    String output();

    boolean agrees();

    /// 0 for equal outputs, 1 at the edge of the tolerance, larger the worse, infinite for what cannot be compared;
    /// comparable between requests of one output.
    double severity();

    /// What is most telling about it, in words.
    String why();

    /// The two cannot be compared element by element: missing, of another datatype or of another shape.
    ///
    /// @param reason what differs, both sides named: `shape: champion [1,10], challenger [1,9]`
    record Structural(String output, String reason) implements OutputDifference {
        @Override
        public boolean agrees() {
            return false;
        }

        @Override
        public double severity() {
            return Double.POSITIVE_INFINITY;
        }

        @Override
        public String why() {
            return reason;
        }
    }

    /// The two were compared element by element.
    ///
    /// @param comparator the rule that decided, in words: `close`, `same_top_answer`, `identical`
    /// @param scores     row-wise score metrics for a declared score vector, else null
    record Elementwise(String output, String comparator, boolean agrees, double severity, TensorMetrics metrics,
            @Nullable ScoreMetrics scores) implements OutputDifference {
        @Override
        public String why() {
            if (metrics.unequal() == 0 && metrics.nanMismatches() == 0) {
                return "equal";
            }
            List<String> parts = new ArrayList<>();
            if (scores != null && scores.topFlips() > 0) {
                parts.add(scores.rows() == 1
                        ? "top answer " + scores.championTop() + " became " + scores.challengerTop()
                        : "the top answer changes in " + scores.topFlips() + " of " + scores.rows() + " rows");
            }
            if (metrics.nanMismatches() > 0) {
                parts.add(metrics.nanMismatches() + " NaN on one side only");
            }
            if (metrics.infMismatches() > 0) {
                parts.add(metrics.infMismatches() + " unequal infinities");
            }
            parts.add(metrics.beyondTolerance() > 0
                    ? metrics.beyondTolerance() + " of " + metrics.elements() + " elements beyond the tolerance"
                    : metrics.unequal() + " of " + metrics.elements() + " elements not equal");
            if (metrics.maxAbs() > 0 || metrics.masksMatch()) {
                // Taken where both are finite; that nothing differs there is no news beside what has no distance.
                parts.add(String.format(Locale.ROOT, "largest difference %.4g", metrics.maxAbs()));
            }
            return String.join(", ", parts);
        }
    }

    /// What became of the ranking of a score vector (last axis), over the rows of one request.
    ///
    /// @param rows        score vectors compared
    /// @param topFlips    rows whose top answer differs beyond a tie
    /// @param topKOverlap mean share of the top k that both have, 0..1
    /// @param k           the k of `topKOverlap`
    /// @param championTop top answer of the first row by the champion
    /// @param challengerTop top answer of the first row by the challenger
    record ScoreMetrics(long rows, long topFlips, double topKOverlap, int k, int championTop, int challengerTop) {}
}
