package dev.understudy.verdict;

import dev.understudy.verdict.Criterion.Rate;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// What must be so before a promotion, whatever the criteria say. Stateless.
final class Gates {
    private Gates() {}

    static List<Gate> of(Evidence evidence, Circumstances circumstances, Look look, List<SegmentResult> segments) {
        Criteria criteria = evidence.criteria();
        List<Gate> gates = new ArrayList<>();
        long watch = criteria.watchAtLeast().toMinutes();
        gates.add(new Gate("watch_at_least", look.watchedMinutes() >= watch,
                "watched " + Words.minutes(look.watchedMinutes()) + " of " + Words.minutes(watch)));
        Tally compared = ((RateTracker) evidence.tracker(Background.AGREEMENT)).total().all();
        gates.add(atLeast("min_samples", compared.size() - compared.lost(), criteria.minSamples(), "compared"));
        if (criteria.minLabels() > 0) {
            gates.add(atLeast("min_labels", labels(evidence), criteria.minLabels(), "labelled"));
        }
        double observed = observed(circumstances.ledger());
        gates.add(new Gate("min_coverage", observed >= criteria.minCoverage(), Words.percent(observed)
                + " of the sampled requests were run, " + Words.percent(criteria.minCoverage()) + " needed"));
        List<SegmentResult> blocking = segments.stream().filter(SegmentResult::blocks).toList();
        gates.add(new Gate("segments", blocking.isEmpty(), blocking.isEmpty()
                ? "no segment fails"
                : blocking.stream().map(each -> "segment " + each.segment() + " misses " + each.criterion())
                        .collect(Collectors.joining(", "))));
        for (String hold : circumstances.holds()) {
            gates.add(new Gate("hold", false, hold));
        }
        return gates;
    }

    private static Gate atLeast(String name, long have, long need, String what) {
        return new Gate(name, have >= need, what + " " + Words.count(have) + " of " + Words.count(need));
    }

    /// The fewest labels that any criterion on labels has.
    private static long labels(Evidence evidence) {
        long fewest = Long.MAX_VALUE;
        for (Criterion criterion : evidence.criteria().criteria()) {
            if (criterion instanceof Rate && criterion.family() == Family.LABELS) {
                fewest = Math.min(fewest, ((RateTracker) evidence.tracker(criterion.key())).total().all().size());
            }
        }
        return fewest == Long.MAX_VALUE ? 0 : fewest;
    }

    /// The share of the sampled requests that were run on the challenger, those in flight left out; 1 before the first.
    static double observed(LedgerCounts ledger) {
        long run = ledger.compared() + ledger.failedTotal();
        long settled = run + ledger.shedTotal();
        return settled == 0 ? 1 : (double) run / settled;
    }
}
