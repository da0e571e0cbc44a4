package dev.understudy.verdict;

import dev.understudy.diff.Difference;
import dev.understudy.diff.OutputDifference.Structural;
import dev.understudy.model.InvalidConfigException;
import dev.understudy.verdict.Observation.Compared;
import java.util.List;
import java.util.Map;

/// Criteria, observations and circumstances for the tests of this package. Time begins in minute 1000.
final class Trials {
    static final long START = 1000;
    static final Difference AGREES = new Difference(List.of());
    static final Difference DIFFERS = new Difference(List.of(new Structural("y", "missing")));

    private Trials() {}

    /// Criteria that wait for nothing but evidence.
    static Criteria criteria(String... promoteWhen) {
        StringBuilder text = new StringBuilder("watch_at_least: 0\nmin_samples: 0\npromote_when:\n");
        for (String criterion : promoteWhen) {
            text.append("- ").append(criterion).append('\n');
        }
        return parse(text.toString());
    }

    static Criteria parse(String text) {
        try {
            return Criteria.parse(text);
        } catch (InvalidConfigException e) {
            throw new IllegalArgumentException(e);
        }
    }

    static Observation compared(long minute, String segment, boolean agrees) {
        return new Compared(minute, segment.isEmpty() ? null : segment, 1_000_000,
                List.of(agrees ? AGREES : DIFFERS));
    }

    /// So many comparisons in one minute, of which some agree.
    static void compare(Evidence evidence, long minute, String segment, int all, int agreeing) {
        for (int i = 0; i < all; i++) {
            evidence.take(compared(minute, segment, i < agreeing));
        }
    }

    static Circumstances after(long minutes) {
        return new Circumstances(LedgerCounts.ZERO, START + minutes, List.of());
    }

    static LedgerCounts ledger(long compared, long queueFull) {
        return new LedgerCounts(compared + queueFull, compared + queueFull, compared,
                Map.of(ShedReason.QUEUE_FULL, queueFull), Map.of(), 0);
    }

    static Verdict judge(Evidence evidence, long minutes) {
        return Judge.judge(evidence, after(minutes));
    }
}
