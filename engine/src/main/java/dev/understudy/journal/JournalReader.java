package dev.understudy.journal;

import dev.understudy.diff.Difference;
import dev.understudy.diff.OutputDifference;
import dev.understudy.tensor.Tensor;
import dev.understudy.verdict.Pair;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.duckdb.DuckDBConnection;
import org.jspecify.annotations.Nullable;

/// The queries over comparisons, captures and events. Not thread-safe; owned by one read, on a connection of its own
/// and in one transaction, so that what it returns belongs to one instant.
final class JournalReader {
    private static final String COMPARISON = """
            SELECT c.*, epoch_ms(c.compared_at) AS compared_millis, e.model, e.champion, e.challenger, e.rules,
              c.sequence IN (SELECT sequence FROM captures) AS captured
            FROM comparisons c JOIN evaluations e USING (evaluation)
            """;

    private final DuckDBConnection connection;

    JournalReader(DuckDBConnection connection) {
        this.connection = connection;
    }

    List<StoredComparison> comparisons(Pair pair, Order order, int limit, @Nullable String segment)
            throws SQLException {
        String ordered = switch (order) {
            case WORST -> "c.agrees, c.severity DESC, c.sequence DESC";
            case NEWEST -> "c.sequence DESC";
        };
        String sql = COMPARISON + "WHERE " + PairColumns.ARE
                + (segment == null ? "" : " AND coalesce(c.segment, '') = ?") + " ORDER BY " + ordered + " LIMIT ?";
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            int parameter = PairColumns.set(select, pair);
            if (segment != null) {
                select.setString(parameter++, segment);
            }
            select.setInt(parameter, limit);
            return comparisons(select);
        }
    }

    Optional<Capture> capture(Pair pair, String requestId) throws SQLException {
        String sql = COMPARISON + "WHERE " + PairColumns.ARE + """
                 AND c.request_id = ? AND c.sequence IN (SELECT sequence FROM captures) ORDER BY c.sequence DESC LIMIT 1
                """;
        List<StoredComparison> found;
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            select.setString(PairColumns.set(select, pair), requestId);
            found = comparisons(select);
        }
        if (found.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(withTensors(found.getFirst()));
    }

    /// The uniform sample of a model's requests that this champion answered, over all of its evaluations, each request
    /// once, the latest first.
    List<Capture> sample(String model, String champion, int limit) throws SQLException {
        String sql = COMPARISON + """
                WHERE c.sequence IN (SELECT max(c.sequence) FROM captures k JOIN evaluations e USING (evaluation)
                  JOIN comparisons c ON c.sequence = k.sequence
                  WHERE e.model = ? AND e.champion = ? AND k.kind = ? GROUP BY c.request_id)
                ORDER BY c.sequence DESC LIMIT ?
                """;
        List<Capture> captures = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            select.setString(1, model);
            select.setString(2, champion);
            select.setString(3, CaptureKind.SAMPLE.label());
            select.setInt(4, limit);
            for (StoredComparison stored : comparisons(select)) {
                captures.add(withTensors(stored));
            }
        }
        return captures;
    }

    /// Labels of these requests, as their callers wrote them.
    Map<String, List<String>> labels(String model) throws SQLException {
        Map<String, List<String>> labels = new LinkedHashMap<>();
        try (PreparedStatement select = connection.prepareStatement("""
                SELECT l.request_id, l.truth FROM labels l WHERE l.model = ? AND l.request_id IN (
                  SELECT c.request_id FROM comparisons c JOIN captures k ON k.sequence = c.sequence)
                """)) {
            select.setString(1, model);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    labels.put(row.getString(1),
                            Arrays.stream((Object[]) row.getArray(2).getArray()).map(String::valueOf).toList());
                }
            }
        }
        return labels;
    }

    private Capture withTensors(StoredComparison stored) throws SQLException {
        long sequence = stored.sequence();
        return new Capture(stored.comparison(), tensors(sequence, CaptureRows.INPUT),
                tensors(sequence, CaptureRows.CHAMPION_OUTPUT), tensors(sequence, CaptureRows.CHALLENGER_OUTPUT));
    }

    List<JournalEvent> events(String model, int limit) throws SQLException {
        List<JournalEvent> events = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement("""
                SELECT epoch_ms(happened_at), kind, version, sha256, detail FROM events WHERE model = ?
                ORDER BY event DESC LIMIT ?
                """)) {
            select.setString(1, model);
            select.setInt(2, limit);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    events.add(new JournalEvent(row.getLong(1),
                            JournalEvent.Kind.valueOf(row.getString(2).toUpperCase(Locale.ROOT)), model,
                            row.getString(3), row.getString(4), row.getString(5)));
                }
            }
        }
        return events;
    }

    List<List<Tensor>> recordedInputs(String model, int limit) throws SQLException {
        List<Long> sequences = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement("""
                SELECT max(c.sequence) FROM captures k JOIN evaluations e USING (evaluation)
                  JOIN comparisons c ON c.sequence = k.sequence
                WHERE e.model = ? GROUP BY c.request_id ORDER BY 1 DESC LIMIT ?
                """)) {
            select.setString(1, model);
            select.setInt(2, limit);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    sequences.add(row.getLong(1));
                }
            }
        }
        List<List<Tensor>> inputs = new ArrayList<>();
        for (long sequence : sequences) {
            inputs.add(tensors(sequence, CaptureRows.INPUT));
        }
        return inputs;
    }

    /// One row an output of a comparison, in the order of the comparisons, as the view `comparison_outputs` has them.
    void export(Pair pair, Path file) throws SQLException {
        String sql = "COPY (SELECT * FROM comparison_outputs e WHERE " + PairColumns.ARE
                + " ORDER BY sequence, position) TO '" + file.toAbsolutePath().toString().replace("'", "''")
                + "' (FORMAT parquet)";
        try (PreparedStatement copy = connection.prepareStatement(sql)) {
            PairColumns.set(copy, pair);
            copy.execute();
        }
    }

    private List<StoredComparison> comparisons(PreparedStatement select) throws SQLException {
        Map<Long, List<OutputDifference>> outputs = new LinkedHashMap<>();
        List<StoredComparison> found = new ArrayList<>();
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                long sequence = row.getLong("sequence");
                outputs.put(sequence, new ArrayList<>());
                Comparison comparison = new Comparison(row.getLong("compared_millis"), PairColumns.read(row),
                        row.getString("request_id"), row.getString("client_id"), row.getString("segment"),
                        row.getLong("champion_nanos"), row.getLong("champion_rows"),
                        row.getLong("challenger_nanos"), row.getLong("challenger_rows"), new Difference(List.of()));
                found.add(new StoredComparison(sequence, row.getBoolean("captured"), comparison));
            }
        }
        readOutputs(outputs);
        return found.stream().map(stored -> withOutputs(stored, outputs)).toList();
    }

    private void readOutputs(Map<Long, List<OutputDifference>> outputs) throws SQLException {
        if (outputs.isEmpty()) {
            return;
        }
        String sequences = outputs.keySet().stream().map(String::valueOf).collect(Collectors.joining(","));
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT sequence, " + ComparisonRows.OUTPUT_COLUMNS
                        + " FROM output_differences WHERE sequence IN (" + sequences
                        + ") ORDER BY sequence, position")) {
            while (row.next()) {
                List<OutputDifference> differences = outputs.get(row.getLong("sequence"));
                if (differences != null) {
                    differences.add(ComparisonRows.readOutput(row));
                }
            }
        }
    }

    private static StoredComparison withOutputs(StoredComparison stored, Map<Long, List<OutputDifference>> outputs) {
        Comparison bare = stored.comparison();
        Difference difference = new Difference(outputs.getOrDefault(stored.sequence(), List.of()));
        return new StoredComparison(stored.sequence(), stored.captured(),
                new Comparison(bare.timeMillis(), bare.pair(), bare.requestId(), bare.clientId(), bare.segment(),
                        bare.championNanos(), bare.championRows(), bare.challengerNanos(), bare.challengerRows(),
                        difference));
    }

    private List<Tensor> tensors(long sequence, String role) throws SQLException {
        List<Tensor> tensors = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement("""
                SELECT name, datatype, shape, data FROM capture_tensors WHERE sequence = ? AND role = ?
                ORDER BY position
                """)) {
            select.setLong(1, sequence);
            select.setString(2, role);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    tensors.add(CaptureRows.read(row));
                }
            }
        }
        return tensors;
    }
}
