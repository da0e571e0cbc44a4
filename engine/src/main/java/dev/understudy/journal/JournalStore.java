package dev.understudy.journal;

import dev.understudy.diff.OutputDifference;
import dev.understudy.journal.LabelTables.Answered;
import dev.understudy.verdict.EvidenceMinute;
import dev.understudy.verdict.EvidenceMinutes;
import dev.understudy.verdict.LedgerCounts;
import dev.understudy.verdict.Minute;
import dev.understudy.verdict.Observation;
import dev.understudy.verdict.Pair;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBConnection;

/// Writes batches as single transactions. Single writer: the journal's writer thread. After any failure it is to be
/// rolled back, thrown away and loaded again, because its numbers may be ahead of the file.
final class JournalStore {
    private static final Merge MINUTES = new Merge("MERGE INTO minutes t", 5, """
            (evaluation, segment, minute, compared, agreed)
            ON t.evaluation = v.evaluation AND t.segment = v.segment AND t.minute = v.minute
            WHEN MATCHED THEN UPDATE SET compared = t.compared + v.compared, agreed = t.agreed + v.agreed
            WHEN NOT MATCHED THEN INSERT VALUES (v.evaluation, v.segment, v.minute, v.compared, v.agreed)
            """);

    private record MinuteKey(int evaluation, String segment, long minute) {}

    private final DuckDBConnection connection;
    private final EvidenceBook book;
    private final Evaluations evaluations;
    private final LabelTables labelTables;
    private long batch;
    private long events;
    private Position position;

    /// Takes up where the file ends, and commits what opening it did to it.
    JournalStore(DuckDBConnection connection, EvidenceBook book) throws SQLException {
        this.connection = connection;
        this.book = book;
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT batch, sequence, epoch_ms(committed_at), (SELECT max(event) FROM events) FROM journal")) {
            if (!row.next()) {
                throw new SQLException("the journal has lost its position");
            }
            batch = row.getLong(1);
            position = new Position(row.getLong(2), row.getLong(3));
            events = row.getLong(4);
        }
        evaluations = new Evaluations(connection);
        labelTables = new LabelTables(connection);
        connection.commit();
    }

    /// The number of the last committed transaction: tells after a failure whether it was committed all the same.
    long batch() {
        return batch;
    }

    Position position() {
        return position;
    }

    /// The rows of a batch by what is to be done with them.
    private static final class Sorted {
        private final List<JournalEntry.Compared> compared = new ArrayList<>();
        private final List<JournalEntry.Observed> observed = new ArrayList<>();
        private final List<JournalEntry.Begun> begun = new ArrayList<>();
        private final List<JournalEntry.Labelled> labelled = new ArrayList<>();
        private final List<JournalEvent> happened = new ArrayList<>();

        Sorted(List<JournalEntry> rows) {
            for (JournalEntry row : rows) {
                switch (row) {
                    case JournalEntry.Compared entry -> compared.add(entry);
                    case JournalEntry.Observed entry -> observed.add(entry);
                    case JournalEntry.Begun entry -> begun.add(entry);
                    case JournalEntry.Labelled entry -> labelled.add(entry);
                    case JournalEntry.Happened(JournalEvent event) -> happened.add(event);
                }
            }
        }
    }

    /// Commits rows and ledgers, all or nothing.
    void commit(List<JournalEntry> rows, Map<Pair, LedgerCounts> ledgers, long timeMillis) throws SQLException {
        Sorted sorted = new Sorted(rows);
        long first = position.sequence() + 1;
        long sequence = position.sequence() + sorted.compared.size();
        // First, because the driver begins a transaction for a statement but not for an appender, whose rows would
        // be committed each table for itself.
        try (Statement statement = connection.createStatement()) {
            statement.execute("UPDATE journal SET batch = " + (batch + 1) + ", sequence = " + sequence
                    + ", committed_at = make_timestamp_ms(" + timeMillis + ")");
        }
        addEvaluations(sorted, ledgers, timeMillis);
        appendComparisons(sorted.compared, first);
        mergeMinutes(sorted.compared);
        CaptureRows.write(connection, evaluations.numbers(), sorted.compared, first);
        Map<Pair, List<EvidenceMinute>> evidence = writeEvidence(sorted, timeMillis);
        appendEvents(sorted.happened);
        Account.put(connection, evaluations, ledgers);
        book.commit(connection::commit, evidence);
        batch++;
        position = new Position(sequence, timeMillis);
    }

    private void addEvaluations(Sorted sorted, Map<Pair, LedgerCounts> ledgers, long timeMillis) throws SQLException {
        for (JournalEntry.Begun entry : sorted.begun) {
            evaluations.resume(entry.pair(), entry.timeMillis(), entry.terms());
        }
        for (JournalEntry.Compared entry : sorted.compared) {
            evaluations.add(entry.comparison().pair(), entry.comparison().timeMillis(), Terms.NONE);
        }
        for (JournalEntry.Observed entry : sorted.observed) {
            evaluations.add(entry.pair(), entry.timeMillis(), Terms.NONE);
        }
        for (Pair pair : ledgers.keySet()) {
            evaluations.add(pair, timeMillis, Terms.NONE);
        }
    }

    private void appendComparisons(List<JournalEntry.Compared> compared, long first) throws SQLException {
        try (DuckDBAppender rows = connection.createAppender("comparisons")) {
            long sequence = first;
            for (JournalEntry.Compared entry : compared) {
                Comparison comparison = entry.comparison();
                ComparisonRows.append(rows, sequence++, evaluations.number(comparison.pair()), comparison);
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
            long[] counts = minutes.computeIfAbsent(new MinuteKey(evaluations.number(comparison.pair()), segment,
                    Minute.of(comparison.timeMillis())), key -> new long[2]);
            counts[0]++;
            counts[1] += comparison.difference().agrees() ? 1 : 0;
        }
        List<Object[]> rows = new ArrayList<>();
        minutes.forEach((key, counts) -> rows
                .add(new Object[]{key.evaluation(), key.segment(), key.minute(), counts[0], counts[1]}));
        MINUTES.run(connection, rows);
    }

    /// Records answers and labels, joins them, and adds all that was seen and joined to the minutes of its evaluation.
    private Map<Pair, List<EvidenceMinute>> writeEvidence(Sorted sorted, long timeMillis) throws SQLException {
        Map<Integer, EvidenceMinutes> gathered = new LinkedHashMap<>();
        List<Answered> answered = new ArrayList<>();
        for (JournalEntry.Compared entry : sorted.compared) {
            take(entry.comparison().pair(), entry.comparison().timeMillis(), entry.seen(), gathered, answered);
        }
        for (JournalEntry.Observed entry : sorted.observed) {
            take(entry.pair(), entry.timeMillis(), entry.seen(), gathered, answered);
        }
        LabelJoin join = new LabelJoin(labelTables,
                (evaluation, truth, answers) -> grade(evaluation, truth, answers, Minute.of(timeMillis)));
        if (!answered.isEmpty()) {
            join.answers(answered);
        }
        if (!sorted.labelled.isEmpty()) {
            join.labels(sorted.labelled, timeMillis);
        }
        join.graded().forEach(graded -> gather(graded.evaluation(), graded.grades(), gathered));
        Account.add(connection, join.accounts());
        Map<Pair, List<EvidenceMinute>> added = new LinkedHashMap<>();
        for (Map.Entry<Integer, EvidenceMinutes> entry : gathered.entrySet()) {
            List<EvidenceMinute> rows = entry.getValue().rows();
            EvidenceRows.add(connection, entry.getKey(), rows);
            added.put(evaluations.known(entry.getKey()).pair(), rows);
        }
        return added;
    }

    private void take(Pair pair, long timeMillis, Seen seen, Map<Integer, EvidenceMinutes> gathered,
            List<Answered> answered) {
        int evaluation = evaluations.number(pair);
        gather(evaluation, seen.observations(), gathered);
        if (seen.answers() != null) {
            answered.add(new Answered(evaluation, timeMillis, seen.answers()));
        }
    }

    private void gather(int evaluation, List<Observation> observations, Map<Integer, EvidenceMinutes> gathered) {
        if (!observations.isEmpty()) {
            EvidenceMinutes minutes = gathered.computeIfAbsent(evaluation,
                    number -> new EvidenceMinutes(evaluations.known(number).terms().criteria()));
            observations.forEach(minutes::take);
        }
    }

    private Optional<List<Observation>> grade(int evaluation, List<String> truth, Answers answers, long minute) {
        return evaluations.known(evaluation).terms().task()
                .flatMap(task -> Grading.grade(task, truth, answers, minute));
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
        labelTables.trim(retention.answersMax());
        connection.commit();
    }
}
