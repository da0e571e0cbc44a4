package dev.understudy.verdict;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Says how much was compared and what was shed, and whether the two differ: by what the champion took for it, and by segment.
/// Stateless.
final class Shedding {
    /// The chance that a difference is ever seen where there is none.
    private static final double FALSE_ALARM = 0.05;

    private Shedding() {}

    static String sentence(Evidence evidence, LedgerCounts ledger) {
        if (ledger.shedTotal() == 0) {
            return compared(ledger) + "Nothing was shed.";
        }
        String reasons = ledger.shed().entrySet().stream().filter(entry -> entry.getValue() > 0)
                .map(entry -> entry.getKey().label() + " " + Words.count(entry.getValue()))
                .collect(Collectors.joining(", "));
        return compared(ledger) + Words.count(ledger.shedTotal()) + " of " + Words.count(ledger.sampled())
                + " sampled requests were shed (" + reasons + ")" + difference(evidence) + ".";
    }

    /// How much of what was served the verdict is about.
    private static String compared(LedgerCounts ledger) {
        return ledger.served() == 0
                ? ""
                : "Compared were " + Words.percent(ledger.coverage()) + " of " + Words.count(ledger.served())
                        + " requests served, of which "
                        + Words.percent(Math.min(1, (double) ledger.sampled() / ledger.served()))
                        + " were sampled. ";
    }

    private static String difference(Evidence evidence) {
        RateTracker compared = (RateTracker) evidence.tracker(Background.COMPARED_TIME);
        RateTracker shed = (RateTracker) evidence.tracker(Background.SHED_TIME);
        Tally comparedTotal = compared.total().all();
        Tally shedTotal = shed.total().all();
        if (comparedTotal.size() == 0 || shedTotal.size() == 0) {
            return "; whether they differ from the compared ones is not known";
        }
        Set<String> segments = new TreeSet<>(compared.segments().keySet());
        segments.addAll(shed.segments().keySet());
        // One question on time and one on each segment share the chance of error, each on two sides of two intervals.
        double logOdds = StrictMath.log(4 * (1 + segments.size()) / FALSE_ALARM);
        StringBuilder found = new StringBuilder();
        if (apart(Sample.forFailing(Support.SCORE, comparedTotal), Sample.forFailing(Support.SCORE, shedTotal),
                logOdds)) {
            found.append("; the champion took ").append(Words.millis(median(shedTotal)))
                    .append(" for them in the median and ").append(Words.millis(median(comparedTotal)))
                    .append(" for compared ones");
        }
        for (String segment : segments) {
            long inCompared = size(compared.segments(), segment);
            long inShed = size(shed.segments(), segment);
            if (apart(Sample.ofGood(comparedTotal.size(), inCompared), Sample.ofGood(shedTotal.size(), inShed),
                    logOdds)) {
                found.append("; ").append(segment.isEmpty() ? "requests without a segment" : "segment " + segment)
                        .append(" makes up ").append(Words.percent((double) inShed / shedTotal.size()))
                        .append(" of them and ").append(Words.percent((double) inCompared / comparedTotal.size()))
                        .append(" of compared ones");
            }
        }
        return found.isEmpty() ? "; no difference from the compared ones is seen" : found + ": they differ";
    }

    private static long size(Map<String, Strand> segments, String name) {
        Strand segment = segments.get(name);
        return segment == null ? 0 : segment.all().size();
    }

    private static boolean apart(Sample one, Sample other, double logOdds) {
        Sample lower = one.mean() < other.mean() ? one : other;
        Sample upper = lower == one ? other : one;
        return Interval.high(lower, Bets.below(0.5), logOdds) < Interval.low(upper, Bets.above(0.5), logOdds);
    }

    private static double median(Tally tally) {
        long below = 0;
        int place = 0;
        while (2 * (below + tally.at(place)) < tally.size()) {
            below += tally.at(place++);
        }
        return RunTimeMinutes.nanos(place);
    }
}
