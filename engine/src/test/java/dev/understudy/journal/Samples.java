package dev.understudy.journal;

import dev.understudy.diff.Difference;
import dev.understudy.diff.OutputDifference;
import dev.understudy.diff.OutputDifference.Elementwise;
import dev.understudy.diff.OutputDifference.ScoreMetrics;
import dev.understudy.diff.OutputDifference.Structural;
import dev.understudy.diff.TensorMetrics;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.Tensor;
import dev.understudy.verdict.MinuteCounts;
import dev.understudy.verdict.Pair;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.duckdb.DuckDBConnection;
import org.jspecify.annotations.Nullable;

/// Comparisons and limits for the tests of this package.
final class Samples {
    static final long NOON = 1_795_262_400_000L;
    static final Pair PAIR = pair('c');
    static final Pair OTHER = pair('d');
    static final TensorMetrics METRICS = new TensorMetrics(10, 3, 0, 0, 0.25, 0.5, 0.125, 0.1, 0.99, 7, 0.75, 0);
    static final ScoreMetrics SCORES = new ScoreMetrics(4, 1, 0.8, 5, 3, 8);
    static final JournalLimits QUICK = limits(8192, 1024);

    private Samples() {}

    static Pair pair(char challenger) {
        return new Pair("digits", "a".repeat(64), String.valueOf(challenger).repeat(64), "0123456789abcdef");
    }

    /// Failures are retried at once, and a full buffer drops at once.
    static JournalLimits limits(int rowsMax, int commitRows) {
        return JournalLimits.DEFAULTS.withBuffer(new JournalLimits.Buffer(rowsMax, 1 << 20, commitRows,
                TimeUnit.MILLISECONDS.toNanos(5), 0, 16));
    }

    static Comparison comparison(String requestId, double severity) {
        return comparison(PAIR, requestId, null, NOON, severity);
    }

    static Comparison comparison(Pair pair, String requestId, @Nullable String segment, long timeMillis,
            double severity) {
        return comparison(pair, requestId, segment, timeMillis, List
                .of(new Elementwise("scores", "close", severity <= 1, severity, METRICS, null)));
    }

    static Comparison comparison(Pair pair, String requestId, @Nullable String segment, long timeMillis,
            List<OutputDifference> outputs) {
        return new Comparison(timeMillis, pair, requestId, "client-" + requestId, segment, 1_000, 1, 2_000, 32,
                new Difference(outputs));
    }

    static List<OutputDifference> awkwardOutputs() {
        TensorMetrics strange = new TensorMetrics(Long.MAX_VALUE, 1, 2, 3, Double.NaN, Double.POSITIVE_INFINITY,
                Double.NEGATIVE_INFINITY, -0.0, Double.MIN_VALUE, Long.MAX_VALUE, Double.MAX_VALUE, 4);
        return List.of(new Structural("label \uD83C\uDFAD 'quoted'", "shape: champion [1,10], challenger [1,9]"),
                new Elementwise("scores", "same_top_answer", false, Double.POSITIVE_INFINITY, strange, SCORES),
                new Elementwise("", "close", true, Double.NaN, METRICS, null));
    }

    static Capture bare(String requestId, double severity) {
        return bare(comparison(requestId, severity));
    }

    static Capture bare(Pair pair, String requestId, @Nullable String segment, long timeMillis, double severity) {
        return bare(comparison(pair, requestId, segment, timeMillis, severity));
    }

    /// A request without tensors.
    static Capture bare(Comparison comparison) {
        return new Capture(comparison, List.of(), List.of(), List.of());
    }

    /// The per-minute counts of a pair, by minute and segment.
    static List<MinuteCounts> minutes(Journal journal, Pair pair) throws SQLException {
        try (DuckDBConnection connection = journal.database().duplicate()) {
            return new EvidenceReader(connection).minutes(pair);
        }
    }

    /// What is captured of a pair: the worst first, then the sample; a request may be in both.
    static List<CaptureSummary> captures(Journal journal, Pair pair) throws SQLException {
        try (DuckDBConnection connection = journal.database().duplicate();
                PreparedStatement select = connection.prepareStatement("""
                        SELECT k.kind, c.request_id, k.bytes
                        FROM captures k JOIN evaluations e USING (evaluation)
                          JOIN comparisons c ON c.sequence = k.sequence
                        WHERE\s""" + PairColumns.ARE
                        + " ORDER BY k.kind DESC, c.agrees, c.severity DESC, k.sequence DESC")) {
            PairColumns.set(select, pair);
            List<CaptureSummary> captures = new ArrayList<>();
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    captures.add(new CaptureSummary(CaptureKind.valueOf(row.getString(1).toUpperCase(Locale.ROOT)),
                            row.getString(2), row.getLong(3)));
                }
            }
            return captures;
        }
    }

    static Capture capture(Comparison comparison, float... values) {
        Shape shape = Shape.of(1, values.length);
        return new Capture(comparison, List.of(Tensor.ofFloats("image", shape, values)),
                List.of(Tensor.ofFloats("scores", shape, values), Tensor.ofStrings("label", Shape.of(2), "", "sieben")),
                List.of(Tensor.ofFloats("scores", Shape.of(), 1.5f)));
    }
}
