package dev.understudy.journal;

import dev.understudy.diff.OutputDifference;
import dev.understudy.diff.OutputDifference.Elementwise;
import dev.understudy.diff.OutputDifference.ScoreMetrics;
import dev.understudy.diff.OutputDifference.Structural;
import dev.understudy.diff.TensorMetrics;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.duckdb.DuckDBAppender;
import org.jspecify.annotations.Nullable;

/// How a comparison lies in the columns of `comparisons` and `output_differences`, both ways. Stateless.
///
/// Doubles pass bit for bit, NaN and infinities included. A null `reason` marks an element-wise difference.
final class ComparisonRows {
    static final String OUTPUT_COLUMNS = """
            output, agrees, severity, reason, comparator, elements, unequal, nan_mismatches, inf_mismatches, max_abs,
            max_rel, mean_abs, rmse, cosine, max_ulp, needed_tolerance, beyond_tolerance, score_rows, top_flips,
            top_k_overlap, k, champion_top, challenger_top""";

    private ComparisonRows() {}

    static void append(DuckDBAppender row, long sequence, int evaluation, Comparison comparison) throws SQLException {
        row.beginRow().append(sequence).append(evaluation).appendEpochMillis(comparison.timeMillis())
                .append(comparison.requestId());
        append(row, comparison.clientId());
        append(row, comparison.segment());
        row.append(comparison.championNanos()).append(comparison.championRows()).append(comparison.challengerNanos())
                .append(comparison.challengerRows()).append(comparison.difference().agrees())
                .append(comparison.difference().severity()).append(comparison.difference().outputs().size()).endRow();
    }

    static void append(DuckDBAppender row, long sequence, int position, OutputDifference difference)
            throws SQLException {
        row.beginRow().append(sequence).append(position).append(difference.output()).append(difference.agrees())
                .append(difference.severity());
        switch (difference) {
            case Structural(_, String reason) -> {
                row.append(reason);
                appendNulls(row, 19);
            }
            case Elementwise(_, String comparator, _, _, TensorMetrics metrics, ScoreMetrics scores) -> {
                row.appendNull().append(comparator);
                append(row, metrics);
                append(row, scores);
            }
        }
        row.endRow();
    }

    private static void append(DuckDBAppender row, @Nullable String text) throws SQLException {
        if (text == null) {
            row.appendNull();
        } else {
            row.append(text);
        }
    }

    private static void append(DuckDBAppender row, TensorMetrics metrics) throws SQLException {
        row.append(metrics.elements()).append(metrics.unequal()).append(metrics.nanMismatches())
                .append(metrics.infMismatches()).append(metrics.maxAbs()).append(metrics.maxRel())
                .append(metrics.meanAbs()).append(metrics.rmse()).append(metrics.cosine()).append(metrics.maxUlp())
                .append(metrics.neededTolerance()).append(metrics.beyondTolerance());
    }

    private static void append(DuckDBAppender row, @Nullable ScoreMetrics scores) throws SQLException {
        if (scores == null) {
            appendNulls(row, 6);
        } else {
            row.append(scores.rows()).append(scores.topFlips()).append(scores.topKOverlap()).append(scores.k())
                    .append(scores.championTop()).append(scores.challengerTop());
        }
    }

    private static void appendNulls(DuckDBAppender row, int count) throws SQLException {
        for (int i = 0; i < count; i++) {
            row.appendNull();
        }
    }

    /// The difference in a row that holds at least [#OUTPUT_COLUMNS].
    static OutputDifference readOutput(ResultSet row) throws SQLException {
        String output = row.getString("output");
        String reason = row.getString("reason");
        if (reason != null) {
            return new Structural(output, reason);
        }
        TensorMetrics metrics = new TensorMetrics(row.getLong("elements"), row.getLong("unequal"),
                row.getLong("nan_mismatches"), row.getLong("inf_mismatches"), row.getDouble("max_abs"),
                row.getDouble("max_rel"), row.getDouble("mean_abs"), row.getDouble("rmse"), row.getDouble("cosine"),
                row.getLong("max_ulp"), row.getDouble("needed_tolerance"), row.getLong("beyond_tolerance"));
        return new Elementwise(output, row.getString("comparator"), row.getBoolean("agrees"),
                row.getDouble("severity"), metrics, readScores(row));
    }

    private static @Nullable ScoreMetrics readScores(ResultSet row) throws SQLException {
        long rows = row.getLong("score_rows");
        if (row.wasNull()) {
            return null;
        }
        return new ScoreMetrics(rows, row.getLong("top_flips"), row.getDouble("top_k_overlap"), row.getInt("k"),
                row.getInt("champion_top"), row.getInt("challenger_top"));
    }
}
