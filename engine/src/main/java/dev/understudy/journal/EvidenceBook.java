package dev.understudy.journal;

import dev.understudy.verdict.Criteria;
import dev.understudy.verdict.Evidence;
import dev.understudy.verdict.EvidenceMinute;
import dev.understudy.verdict.Pair;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// The evidence of the evaluations that somebody asks about, always as it is on disk. Thread-safe: one lock, held over a
/// commit and over a judgement, so that no judgement sees half a commit.
final class EvidenceBook {
    /// As many as are looked at; another is read again from the disk.
    private static final int EVALUATIONS_MAX = 64;

    private final Map<Pair, Evidence> held = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Pair, Evidence> eldest) {
            return size() > EVALUATIONS_MAX;
        }
    };

    /// A step that may fail.
    @FunctionalInterface
    interface Commit {
        void run() throws SQLException;
    }

    /// Where rows come from.
    @FunctionalInterface
    interface Rows {
        List<EvidenceMinute> read() throws SQLException;
    }

    /// Commits, and adds what was committed.
    synchronized void commit(Commit commit, Map<Pair, List<EvidenceMinute>> rows) throws SQLException {
        try {
            commit.run();
        } catch (SQLException e) {
            // Whether it reached the disk is not known yet; what is on the disk is.
            held.clear();
            throw e;
        }
        rows.forEach((pair, added) -> {
            Evidence evidence = held.get(pair);
            if (evidence != null) {
                added.forEach(evidence::add);
            }
        });
    }

    /// Looks at the evidence of a pair, which must not be changed or kept.
    synchronized <T> T look(Pair pair, Criteria criteria, Rows rows, Function<Evidence, T> look) throws SQLException {
        Evidence evidence = held.get(pair);
        if (evidence == null) {
            evidence = sum(criteria, rows.read());
            held.put(pair, evidence);
        }
        return look.apply(evidence);
    }

    /// Evidence from its rows.
    static Evidence sum(Criteria criteria, List<EvidenceMinute> rows) {
        Evidence evidence = new Evidence(criteria);
        rows.forEach(evidence::add);
        return evidence;
    }
}
