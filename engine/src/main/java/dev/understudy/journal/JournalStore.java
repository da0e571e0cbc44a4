package dev.understudy.journal;

import dev.understudy.diff.OutputDifference;
import dev.understudy.verdict.FailureReason;
import dev.understudy.verdict.LedgerCounts;
import dev.understudy.verdict.Pair;
import dev.understudy.verdict.ShedReason;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBConnection;

/// Writes batches as single transactions. Single writer: the journal's writer thread. After any failure it is to be
/// rolled back, thrown away and loaded again, because its numbers may be ahead of the file.
final class JournalStore {
    private static final int MERGE_ROWS = 256;

    private record MinuteKey(int evaluation, String segment, long minute) {}

    private final DuckDBConnection connection;
    private final Map<Pair, Integer> evaluations = new HashMap<>();
    private long batch;
    private long events;
    private Position position;

    /// Takes up where the file ends.
    JournalStore(DuckDBConnection connection) throws SQLException {
        this.connection = connection;
        try (Statement statement = connection.createStatement()) {
            try (ResultSet row = statement.executeQuery(
                    "SELECT batch, sequence, epoch_ms(committed_at), (SELECT max(event) FROM events) FROM journal")) {
                if (!row.next()) {
                    throw new SQLException("the journal has lost its position");
                }
                batch = row.getLong(1);
                position = new Position(row.getLong(2), row.getLong(3));
                events = row.getLong(4);
            }
            try (ResultSet row = statement
                    .executeQuery("SELECT evaluation, model, champion, challenger, rules FROM evaluations")) {
                while (row.next()) {
                    evaluations.put(PairColumns.read(row), row.getInt("evaluation"));
                }
            }
        }
        connection.commit();
    }

    /// The number of the last committed transaction: tells after a failure whether it was committed all the same.
    long batch() {
        return batch;
    }

    Position position() {
        return position;
    }

    /// Commits rows and ledgers, all or nothing.
    void commit(List<JournalEntry> rows, Map<Pair, LedgerCounts> ledgers, long timeMillis) throws SQLException {
        List<JournalEntry.Compared> compared = new ArrayList<>();
        List<JournalEvent> happened = new ArrayList<>();
        for (JournalEntry row : rows) {
            switch (row) {
                case JournalEntry.Compared entry -> compared.add(entry);
                case JournalEntry.Happened(JournalEvent event) -> happened.add(event);
            }
        }
        long first = position.sequence() + 1;
        long sequence = position.sequence() + compared.size();
        // First, because the driver begins a transaction for a statement but not for an appender, whose rows would
        // be committed each table for itself.
        try (Statement statement = connection.createStatement()) {
            statement.execute("UPDATE journal SET batch = " + (batch + 1) + ", sequence = " + sequence
                    + ", committed_at = make_timestamp_ms(" + timeMillis + ")");
        }
        addEvaluations(compared, ledgers, timeMillis);
        appendComparisons(compared, first);
        mergeMinutes(compared);
        CaptureRows.write(connection, evaluations, compared, first);
        appendEvents(happened);
        mergeLedgers(ledgers);
        connection.commit();
        batch++;
        position = new Position(sequence, timeMillis);
    }

    private void addEvaluations(List<JournalEntry.Compared> compared, Map<Pair, LedgerCounts> ledgers, long timeMillis)
            throws SQLException {
        for (JournalEntry.Compared entry : compared) {
            addEvaluation(entry.comparison().pair(), entry.comparison().timeMillis());
        }
        for (Pair pair : ledgers.keySet()) {
            addEvaluation(pair, timeMillis);
        }
    }

    private void addEvaluation(Pair pair, long timeMillis) throws SQLException {
        if (evaluations.containsKey(pair)) {
            return;
        }
        int evaluation = evaluations.size() + 1;
        try (DuckDBAppender row = connection.createAppender("evaluations")) {
            row.beginRow().append(evaluation).append(pair.model()).append(pair.champion()).append(pair.challenger())
                    .append(pair.rules()).appendEpochMillis(timeMillis).endRow();
        }
        evaluations.put(pair, evaluation);
    }

    private int evaluation(Pair pair) {
        return Objects.requireNonNull(evaluations.get(pair), "rows are written after their evaluation");
    }

    private void appendComparisons(List<JournalEntry.Compared> compared, long first) throws SQLException {
        try (DuckDBAppender rows = connection.createAppender("comparisons")) {
            long sequence = first;
            for (JournalEntry.Compared entry : compared) {
                Comparison comparison = entry.comparison();
                ComparisonRows.append(rows, sequence++, evaluation(comparison.pair()), comparison);
            }
        }
        try (DuckDBAppender rows = connection.createAppender("output_differences")) {
            long sequence = first;
            for (JournalEntry.Compared entry : compared) {
                List<OutputDifference> outputs = entry.comparison().difference().outputs();
                for (int output = 0; output < outputs.size(); output++) {
                    ComparisonRows.append(rows, sequence, output, outputs.get(output));
                }
                sequence++;
            }
        }
    }

    private void mergeMinutes(List<JournalEntry.Compared> compared) throws SQLException {
        Map<MinuteKey, long[]> minutes = new LinkedHashMap<>();
        for (JournalEntry.Compared entry : compared) {
            Comparison comparison = entry.comparison();
            String segment = comparison.segment() == null ? "" : comparison.segment();
            long[] counts = minutes.computeIfAbsent(new MinuteKey(evaluation(comparison.pair()), segment,
                    Math.floorDiv(comparison.timeMillis(), 60_000L)), key -> new long[2]);
            counts[0]++;
            counts[1] += comparison.difference().agrees() ? 1 : 0;
        }
        List<Object[]> rows = new ArrayList<>();
        minutes.forEach((key, counts) -> rows
                .add(new Object[]{key.evaluation(), key.segment(), key.minute(), counts[0], counts[1]}));
        merge("MERGE INTO minutes t USING (VALUES ", "(?, ?, ?, ?, ?)", """
                ) v (evaluation, segment, minute, compared, agreed)
                ON t.evaluation = v.evaluation AND t.segment = v.segment AND t.minute = v.minute
                WHEN MATCHED THEN UPDATE SET compared = t.compared + v.compared, agreed = t.agreed + v.agreed
                WHEN NOT MATCHED THEN INSERT VALUES (v.evaluation, v.segment, v.minute, v.compared, v.agreed)
                """, rows);
    }

    private void mergeLedgers(Map<Pair, LedgerCounts> ledgers) throws SQLException {
        List<Object[]> rows = new ArrayList<>();
        ledgers.forEach((pair, counts) -> accounts(counts).forEach(
                (account, requests) -> rows.add(new Object[]{evaluation(pair), account, requests})));
        merge("MERGE INTO ledgers t USING (VALUES ", "(?, ?, ?)", """
                ) v (evaluation, account, requests) ON t.evaluation = v.evaluation AND t.account = v.account
                WHEN MATCHED THEN UPDATE SET requests = v.requests
                WHEN NOT MATCHED THEN INSERT VALUES (v.evaluation, v.account, v.requests)
                """, rows);
    }

    /// The ledger as the file spells it; every reason is written, so that a later save puts it back to 0.
    static Map<String, Long> accounts(LedgerCounts counts) {
        Map<String, Long> accounts = new LinkedHashMap<>();
        accounts.put("served", counts.served());
        accounts.put("sampled", counts.sampled());
        accounts.put("compared", counts.compared());
        accounts.put("in_flight", counts.inFlight());
        for (ShedReason reason : ShedReason.values()) {
            accounts.put("shed_" + reason.label(), counts.shed().getOrDefault(reason, 0L));
        }
        for (FailureReason reason : FailureReason.values()) {
            accounts.put("failed_" + reason.label(), counts.failed().getOrDefault(reason, 0L));
        }
        return accounts;
    }

    private void merge(String head, String row, String tail, List<Object[]> rows) throws SQLException {
        for (int start = 0; start < rows.size(); start += MERGE_ROWS) {
            List<Object[]> part = rows.subList(start, Math.min(rows.size(), start + MERGE_ROWS));
            String sql = head + (row + ", ").repeat(part.size() - 1) + row + tail;
            try (PreparedStatement merge = connection.prepareStatement(sql)) {
                int parameter = 1;
                for (Object[] values : part) {
                    for (Object value : values) {
                        merge.setObject(parameter++, value);
                    }
                }
                merge.executeUpdate();
            }
        }
    }

    private void appendEvents(List<JournalEvent> happened) throws SQLException {
        try (DuckDBAppender rows = connection.createAppender("events")) {
            for (JournalEvent event : happened) {
                rows.beginRow().append(++events).appendEpochMillis(event.timeMillis()).append(event.kind().label())
                        .append(event.model()).append(event.version()).append(event.sha256()).append(event.detail())
                        .endRow();
            }
        }
    }

    /// Deletes what is beyond the limits, in a transaction of its own. Captured comparisons stay.
    void trim(JournalLimits limits) throws SQLException {
        JournalLimits.Retention retention = limits.retention();
        try (Statement statement = connection.createStatement()) {
            statement.execute("DELETE FROM captures WHERE slot >= " + limits.captures().slots());
            CaptureRows.deleteOrphans(connection);
            statement.execute("""
                    DELETE FROM comparisons WHERE sequence NOT IN (SELECT sequence FROM captures) AND sequence IN (
                      SELECT sequence FROM (
                        SELECT sequence, sum(1 + outputs) OVER (ORDER BY sequence DESC) AS of_all,
                          sum(1 + outputs) OVER (PARTITION BY evaluation ORDER BY sequence DESC) AS of_pair
                        FROM comparisons)
                      WHERE of_all > %d OR of_pair > %d)
                    """.formatted(retention.rowsMax(), retention.rowsPerPairMax()));
            statement
                    .execute("DELETE FROM output_differences WHERE sequence NOT IN (SELECT sequence FROM comparisons)");
            statement.execute("DELETE FROM events WHERE event <= " + (events - retention.eventsMax()));
        }
        connection.commit();
    }
}
