package dev.understudy.journal;

import dev.understudy.verdict.FailureReason;
import dev.understudy.verdict.LedgerCounts;
import dev.understudy.verdict.Pair;
import dev.understudy.verdict.ShedReason;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.duckdb.DuckDBConnection;

/// How accounts lie in `ledgers` and `feedback`. Stateless.
final class Account {
    private static final Merge LEDGERS = new Merge("MERGE INTO ledgers t", 3, """
            (evaluation, account, requests) ON t.evaluation = v.evaluation AND t.account = v.account
            WHEN MATCHED THEN UPDATE SET requests = v.requests
            WHEN NOT MATCHED THEN INSERT VALUES (v.evaluation, v.account, v.requests)
            """);
    private static final Merge FEEDBACK = new Merge("MERGE INTO feedback t", 3, """
            (model, account, labels) ON t.model = v.model AND t.account = v.account
            WHEN MATCHED THEN UPDATE SET labels = t.labels + v.labels
            WHEN NOT MATCHED THEN INSERT VALUES (v.model, v.account, v.labels)
            """);

    private Account() {}

    /// Puts each ledger in place of the one before.
    static void put(DuckDBConnection connection, Evaluations evaluations, Map<Pair, LedgerCounts> ledgers)
            throws SQLException {
        List<Object[]> rows = new ArrayList<>();
        ledgers.forEach((pair, counts) -> of(counts).forEach(
                (account, requests) -> rows.add(new Object[]{evaluations.number(pair), account, requests})));
        LEDGERS.run(connection, rows);
    }

    /// The ledger as the file spells it; every reason is written, so that a later save puts it back to 0.
    static Map<String, Long> of(LedgerCounts counts) {
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

    /// Adds to the labels of each model.
    static void add(DuckDBConnection connection, Map<String, FeedbackCounts> feedback) throws SQLException {
        List<Object[]> rows = new ArrayList<>();
        feedback.forEach((model, counts) -> of(counts).forEach((account, labels) -> {
            if (labels > 0) {
                rows.add(new Object[]{model, account, labels});
            }
        }));
        FEEDBACK.run(connection, rows);
    }

    static Map<String, Long> of(FeedbackCounts counts) {
        Map<String, Long> accounts = new LinkedHashMap<>();
        accounts.put("received", counts.received());
        accounts.put("joined", counts.joined());
        accounts.put("repeated", counts.repeated());
        accounts.put("unknown", counts.unknown());
        accounts.put("unfit", counts.unfit());
        accounts.put("joined_later", counts.joinedLater());
        return accounts;
    }

    static FeedbackCounts feedback(Map<String, Long> accounts) {
        return new FeedbackCounts(accounts.getOrDefault("received", 0L), accounts.getOrDefault("joined", 0L),
                accounts.getOrDefault("repeated", 0L), accounts.getOrDefault("unknown", 0L),
                accounts.getOrDefault("unfit", 0L), accounts.getOrDefault("joined_later", 0L));
    }
}
