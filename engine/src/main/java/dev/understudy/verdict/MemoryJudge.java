package dev.understudy.verdict;

import dev.understudy.verdict.Criterion.MemoryCap;
import dev.understudy.verdict.Criterion.MemoryGrowth;
import dev.understudy.verdict.Payload.Range;
import java.util.Arrays;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.SortedMap;

/// Judges criteria on memory. Stateless.
final class MemoryJudge {
    /// After so long the noise is known well enough to say what it hides.
    private static final int NOISE_INTERVALS_MIN = 36;
    private static final double EVEN = 0.5;

    private MemoryJudge() {}

    static CriterionResult growth(MemoryGrowth growth, MemoryTracker tracker, Look look) {
        double[] slopes = MemoryVotes.slopes(tracker, growth.overMinutes(), look.nowMinute());
        Arrays.sort(slopes);
        long votes = slopes.length;
        long kept = Arrays.stream(slopes).filter(slope -> slope <= growth.bytesPerHour()).count();
        Sample sample = Sample.ofGood(votes, kept);
        double passLogOdds = Bets.above(EVEN).logWealth(sample, EVEN);
        double failLogOdds = Bets.below(EVEN).logWealth(sample, EVEN);
        Outcome outcome = Outcome.UNDECIDED;
        if (failLogOdds >= look.failLogOdds()) {
            outcome = Outcome.FAIL;
        } else if (passLogOdds >= look.passLogOdds()
                && Look.watched(tracker.minutes(), look.nowMinute()) >= growth.overMinutes()) {
            outcome = Outcome.PASS;
        }
        // The votes are signs, so the ranks of the median are the interval that goes with them.
        Ranks ranks = Ranks.of(votes, EVEN, look.failLogOdds(), look.passLogOdds());
        double low = ranks.low() < 0 ? Double.NEGATIVE_INFINITY : slopes[(int) ranks.low()];
        double high = ranks.high() > votes ? Double.POSITIVE_INFINITY : slopes[(int) ranks.high() - 1];
        double estimate = votes == 0 ? Double.NaN : (slopes[(int) (votes - 1) / 2] + slopes[(int) votes / 2]) / 2;
        return new CriterionResult(growth.key(), outcome, Unit.BYTES_PER_HOUR, estimate, low, high,
                growth.bytesPerHour(), votes, votes, 1, StrictMath.exp(passLogOdds), StrictMath.exp(look.passLogOdds()),
                StrictMath.exp(failLogOdds), StrictMath.exp(look.failLogOdds()), OptionalLong.empty(),
                outcome == Outcome.UNDECIDED ? needed(growth, tracker, votes) : "");
    }

    private static String needed(MemoryGrowth growth, MemoryTracker tracker, long votes) {
        long windowMinutes = growth.overMinutes() / MemoryVotes.WINDOWS;
        String needed = "more windows of " + Words.minutes(windowMinutes) + ": " + votes + " have voted, of "
                + MemoryVotes.WINDOWS + " in the whole period";
        OptionalDouble noise = tracker.processes().values().stream()
                .filter(intervals -> intervals.size() >= NOISE_INTERVALS_MIN).mapToDouble(MemoryVotes::noiseBytes)
                .max();
        return noise.isEmpty()
                ? needed
                : needed + "; the noise seen here hides growths below about "
                        + Words.megabytes(MemoryVotes.smallestTestable(growth.overMinutes(), noise.getAsDouble()))
                        + "/h";
    }

    static CriterionResult cap(MemoryCap cap, MemoryTracker tracker, Look look) {
        long samples = 0;
        long largest = Long.MIN_VALUE;
        for (SortedMap<Long, Range> intervals : tracker.processes().values()) {
            for (Range range : intervals.values()) {
                samples++;
                largest = Math.max(largest, range.largest());
            }
        }
        long watched = Look.watched(tracker.minutes(), look.nowMinute());
        Outcome outcome = Outcome.UNDECIDED;
        if (samples > 0 && largest > cap.bytes()) {
            outcome = Outcome.FAIL;
        } else if (samples > 0 && watched >= cap.overMinutes()) {
            outcome = Outcome.PASS;
        }
        double seen = samples == 0 ? Double.NaN : largest;
        String needed = samples == 0
                ? "samples of memory: there are none yet"
                : "time: watched " + Words.minutes(watched) + " of " + Words.minutes(cap.overMinutes());
        return new CriterionResult(cap.key(), outcome, Unit.BYTES, seen, seen, seen, cap.bytes(), samples, samples, 1,
                Double.NaN, Double.NaN, Double.NaN, Double.NaN, OptionalLong.empty(),
                outcome == Outcome.UNDECIDED ? needed : "");
    }
}
