package dev.understudy.diff;

import org.jspecify.annotations.Nullable;

/// How one output differs between champion and challenger.
public sealed interface OutputDifference {
    /// The champion's name of the output.
    String output();

    boolean agrees();

    /// 0 for equal outputs, 1 at the edge of the tolerance, larger the worse, infinite for what cannot be compared;
    /// comparable between requests of one output.
    double severity();

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
    }

    /// The two were compared element by element.
    ///
    /// @param comparator the rule that decided, in words: `close`, `same_top_answer`, `identical`
    /// @param scores     row-wise score metrics for a declared score vector, else null
    record Elementwise(String output, String comparator, boolean agrees, double severity, TensorMetrics metrics,
            @Nullable ScoreMetrics scores) implements OutputDifference {}

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
