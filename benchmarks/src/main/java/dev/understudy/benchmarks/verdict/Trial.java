package dev.understudy.benchmarks.verdict;

import dev.understudy.model.InvalidConfigException;
import dev.understudy.verdict.Circumstances;
import dev.understudy.verdict.Criteria;
import dev.understudy.verdict.Evidence;
import dev.understudy.verdict.EvidenceMinute;
import dev.understudy.verdict.Judge;
import dev.understudy.verdict.LedgerCounts;
import dev.understudy.verdict.Outcome;
import dev.understudy.verdict.Verdict;
import java.util.List;

/// An evaluation in simulated time, through the same doors as a real one: rows of the journal in, verdicts out. Not
/// thread-safe; owned by its run.
final class Trial {
    private final Evidence evidence;

    Trial(Criteria criteria) {
        evidence = new Evidence(criteria);
    }

    /// Criteria that wait for nothing but evidence.
    static Criteria criteria(String more, String... promoteWhen) {
        try {
            return Criteria.parse("watch_at_least: 0\nmin_samples: 0\n" + more + "\npromote_when:\n- "
                    + String.join("\n- ", promoteWhen));
        } catch (InvalidConfigException e) {
            throw new IllegalArgumentException(e);
        }
    }

    Evidence evidence() {
        return evidence;
    }

    /// So many requests of one minute, judged by the criterion of this place in the declaration.
    void count(int criterion, long minute, String segment, long good, long even, long bad) {
        evidence.add(
                new EvidenceMinute(minute, evidence.criteria().criteria().get(criterion).key(), segment, good, even,
                        bad, 0, null));
    }

    Verdict verdict(long minute) {
        return Judge.judge(evidence, new Circumstances(LedgerCounts.ZERO, minute, List.of()));
    }

    /// What the evidence says of the first criterion.
    Outcome outcome(long minute) {
        return verdict(minute).criteria().getFirst().outcome();
    }
}
