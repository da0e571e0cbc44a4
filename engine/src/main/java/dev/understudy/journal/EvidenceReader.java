package dev.understudy.journal;

import dev.understudy.journal.CaptureSelection.Found;
import dev.understudy.journal.CaptureSelection.Slot;
import dev.understudy.verdict.Agreement;
import dev.understudy.verdict.Circumstances;
import dev.understudy.verdict.Evidence;
import dev.understudy.verdict.FailureReason;
import dev.understudy.verdict.Judge;
import dev.understudy.verdict.LedgerCounts;
import dev.understudy.verdict.MinuteCounts;
import dev.understudy.verdict.Pair;
import dev.understudy.verdict.ShedReason;
import dev.understudy.verdict.Verdict;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.duckdb.DuckDBConnection;

/// The queries from which an evaluation is taken up again. Not thread-safe; owned by one read, on a connection of its
/// own and in one transaction.
final class EvidenceReader {
    private final DuckDBConnection connection;

    EvidenceReader(DuckDBConnection connection) {
        this.connection = connection;
    }

    Optional<Evaluation> evaluation(Pair pair) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("""
                SELECT epoch_ms(first_at), evaluation FROM evaluations e
                WHERE\s""" + PairColumns.ARE)) {
            PairColumns.set(select, pair);
            try (ResultSet row = select.executeQuery()) {
                if (!row.next()) {
                    return Optional.empty();
                }
                Agreement agreement = Agreement.NONE;
                for (MinuteCounts minute : minutes(pair)) {
                    agreement = agreement.plus(minute);
                }
                // The account is saved by itself, and may be older than what was committed.
                LedgerCounts ledger = ledger(row.getInt(2)).broughtUpTo(agreement.compared());
                return Optional.of(new Evaluation(pair, ledger, agreement, row.getLong(1)));
            }
        }
    }

    /// An evaluation that began, and under which terms.
    record Begun(int number, Terms terms) {}

    Optional<Begun> begun(Pair pair) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("""
                SELECT evaluation, comparators, output_mapping, criteria, task FROM evaluations e
                WHERE\s""" + PairColumns.ARE)) {
            PairColumns.set(select, pair);
            try (ResultSet row = select.executeQuery()) {
                return row.next()
                        ? Optional.of(new Begun(row.getInt(1), Evaluations.terms(row)))
                        : Optional.empty();
            }
        }
    }

    /// The verdict on a pair by the evidence in `book`, which reads what it does not hold.
    Optional<Verdict> verdict(Pair pair, LedgerCounts ledger, long nowMinute, EvidenceBook book) throws SQLException {
        Optional<Begun> begun = begun(pair);
        if (begun.isEmpty()) {
            return Optional.empty();
        }
        Circumstances circumstances = new Circumstances(ledger, nowMinute, List.of());
        return Optional.of(book.look(pair, begun.get().terms().criteria(),
                () -> EvidenceRows.read(connection, begun.get().number()),
                evidence -> Judge.judge(evidence, circumstances)));
    }

    /// The same, summed up anew from its rows.
    Optional<Verdict> recomputed(Pair pair, LedgerCounts ledger, long nowMinute) throws SQLException {
        Optional<Begun> begun = begun(pair);
        if (begun.isEmpty()) {
            return Optional.empty();
        }
        Evidence evidence = EvidenceBook.sum(begun.get().terms().criteria(),
                EvidenceRows.read(connection, begun.get().number()));
        return Optional.of(Judge.judge(evidence, new Circumstances(ledger, nowMinute, List.of())));
    }

    FeedbackCounts feedback(String model) throws SQLException {
        Map<String, Long> accounts = new HashMap<>();
        try (PreparedStatement select = connection
                .prepareStatement("SELECT account, labels FROM feedback WHERE model = ?")) {
            select.setString(1, model);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    accounts.put(row.getString(1), row.getLong(2));
                }
            }
        }
        return Account.feedback(accounts);
    }

    Set<String> sha256() throws SQLException {
        Set<String> sha256 = new HashSet<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement
                        .executeQuery("SELECT champion FROM evaluations UNION SELECT challenger FROM evaluations")) {
            while (row.next()) {
                sha256.add(row.getString(1));
            }
        }
        return sha256;
    }

    /// In the fixed order of minute and segment, so that sums over them always give the same digits.
    List<MinuteCounts> minutes(Pair pair) throws SQLException {
        List<MinuteCounts> minutes = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement("""
                SELECT m.minute, m.segment, m.compared, m.agreed FROM minutes m JOIN evaluations e USING (evaluation)
                WHERE\s""" + PairColumns.ARE + " ORDER BY m.minute, m.segment")) {
            PairColumns.set(select, pair);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    minutes.add(
                            new MinuteCounts(row.getLong(1), row.getString(2), row.getLong(3), row.getLong(4)));
                }
            }
        }
        return minutes;
    }

    /// Puts back into `selection` what the file holds.
    void restore(CaptureSelection selection) throws SQLException {
        List<Found> captures = new ArrayList<>();
        Map<Pair, Long> seen = new HashMap<>();
        try (Statement statement = connection.createStatement()) {
            try (ResultSet row = statement.executeQuery("""
                    SELECT e.model, e.champion, e.challenger, e.rules, k.kind, k.slot, c.agrees, c.severity, k.bytes,
                      k.draw, epoch_ms(c.compared_at) AS compared_millis
                    FROM captures k JOIN evaluations e USING (evaluation) JOIN comparisons c ON c.sequence = k.sequence
                    """)) {
                while (row.next()) {
                    CaptureKind kind = CaptureKind.valueOf(row.getString("kind").toUpperCase(Locale.ROOT));
                    Slot slot = new Slot(PairColumns.read(row), kind, row.getInt("slot"));
                    captures.add(new Found(slot,
                            new CaptureShelf.Held(row.getBoolean("agrees"), row.getDouble("severity"),
                                    row.getDouble("draw"), row.getLong("bytes")),
                            row.getLong("compared_millis")));
                }
            }
            try (ResultSet row = statement.executeQuery("""
                    SELECT e.model, e.champion, e.challenger, e.rules, CAST(sum(m.compared) AS BIGINT) AS seen
                    FROM minutes m JOIN evaluations e USING (evaluation) GROUP BY ALL
                    """)) {
                while (row.next()) {
                    seen.put(PairColumns.read(row), row.getLong("seen"));
                }
            }
        }
        selection.restore(captures, seen);
    }

    private LedgerCounts ledger(int evaluation) throws SQLException {
        Map<String, Long> accounts = new HashMap<>();
        try (PreparedStatement select = connection
                .prepareStatement("SELECT account, requests FROM ledgers WHERE evaluation = ?")) {
            select.setInt(1, evaluation);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    accounts.put(row.getString(1), row.getLong(2));
                }
            }
        }
        Map<ShedReason, Long> shed = new EnumMap<>(ShedReason.class);
        for (ShedReason reason : ShedReason.values()) {
            putPositive(shed, reason, accounts.getOrDefault("shed_" + reason.label(), 0L));
        }
        Map<FailureReason, Long> failed = new EnumMap<>(FailureReason.class);
        for (FailureReason reason : FailureReason.values()) {
            putPositive(failed, reason, accounts.getOrDefault("failed_" + reason.label(), 0L));
        }
        return new LedgerCounts(accounts.getOrDefault("served", 0L), accounts.getOrDefault("sampled", 0L),
                accounts.getOrDefault("compared", 0L), shed, failed, accounts.getOrDefault("in_flight", 0L));
    }

    private static <K> void putPositive(Map<K, Long> counts, K key, long count) {
        if (count != 0) {
            counts.put(key, count);
        }
    }
}
