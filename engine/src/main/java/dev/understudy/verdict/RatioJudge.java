package dev.understudy.verdict;

import dev.understudy.verdict.Criterion.Ratio;
import dev.understudy.verdict.DesignEffect.Measured;
import java.util.OptionalLong;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;

/// Judges the ratio of two quantiles: an interval for each, and the ratios that both allow. Stateless.
final class RatioJudge {
    private static final long SAMPLES_MAX = 1_000_000_000;
    /// A forecast need not be more exact than this.
    private static final double CLOSE_ENOUGH = 1.005;

    private RatioJudge() {}

    /// The ratios that are still possible, and how they were come by.
    ///
    /// @param low  shown to be exceeded or reached at the odds of failing
    /// @param high shown not to be exceeded at the odds of passing; infinite without an upper bound
    private record Possible(double low, double high) {}

    /// The run times of both models at one look.
    ///
    /// @param passing with runs that were cut short at their worst
    /// @param failing without them
    private record Times(RunTimes passing, RunTimes failing, double quantile, double effect, Look look) {
        /// The ratios that would be possible with so many times as many run times in the same proportions.
        Possible possible(double factor) {
            // Half of each chance of error goes to either model.
            double passAt = look.passLogOdds() + StrictMath.log(2);
            double failAt = look.failLogOdds() + StrictMath.log(2);
            long kept = (long) (failing.champion().getTotalCount() * factor);
            Ranks slower = Ranks.of(kept, effect, quantile, failAt, failAt);
            long all = (long) (passing.size() * factor);
            Ranks faster = Ranks.of(all, effect, quantile, passAt, passAt);
            double championLow = low(passing.champion(), faster, factor);
            return new Possible(
                    low(failing.challenger(), slower, factor) / high(failing.champion(), slower, kept, factor),
                    championLow > 0
                            ? high(passing.challenger(), faster, all, factor) / championLow
                            : Double.POSITIVE_INFINITY);
        }

        private static double low(Histogram histogram, Ranks ranks, double factor) {
            return ranks.low() < 0
                    ? 0
                    : histogram.lowestEquivalentValue(at(histogram, (long) (ranks.low() / factor) + 1));
        }

        private static double high(Histogram histogram, Ranks ranks, long size, double factor) {
            if (ranks.high() > size) {
                return Double.POSITIVE_INFINITY;
            }
            long value = at(histogram, (long) StrictMath.ceil(ranks.high() / factor));
            return value >= histogram.lowestEquivalentValue(RunTimes.LONGEST_NANOS)
                    ? Double.POSITIVE_INFINITY
                    : histogram.highestEquivalentValue(value);
        }
    }

    /// The value of a rank, counted from 1.
    private static long at(Histogram histogram, long rank) {
        long below = 0;
        for (HistogramIterationValue bin : histogram.recordedValues()) {
            below += bin.getCountAtValueIteratedTo();
            if (below >= rank) {
                return bin.getValueIteratedTo();
            }
        }
        return histogram.getMaxValue();
    }

    static CriterionResult result(Ratio ratio, RunTimeTracker tracker, Look look) {
        RunTimes seen = tracker.judged(look.nowMinute());
        long samples = seen.size();
        if (samples == 0) {
            return result(ratio, Outcome.UNDECIDED, Double.NaN, new Possible(Double.NaN, Double.NaN), 0, 1,
                    OptionalLong.empty(), "observations: there are no re-runs of the champion yet");
        }
        RunTimes atWorst = seen.atWorst();
        double challenger = quantile(atWorst.challenger(), ratio.quantile());
        double champion = quantile(seen.champion(), ratio.quantile());
        Measured bursts = ratio.bursts()
                ? bursts(tracker.minutes(), ratio.quantile(), look.nowMinute())
                : new Measured(1, DesignEffect.MINUTES_MIN);
        Times times = new Times(atWorst, seen, ratio.quantile(), bursts.effect(), look);
        Possible possible = times.possible(1);
        boolean ripe = bursts.busyMinutes() >= DesignEffect.MINUTES_MIN;
        Outcome outcome = Outcome.UNDECIDED;
        if (ripe && possible.low() > ratio.ratio()) {
            outcome = Outcome.FAIL;
        } else if (ripe && possible.high() <= ratio.ratio() && look.watched(ratio)) {
            outcome = Outcome.PASS;
        }
        OptionalLong more = outcome == Outcome.UNDECIDED ? more(ratio, times, samples) : OptionalLong.empty();
        return result(ratio, outcome, challenger / champion, possible, samples, bursts.effect(), more,
                outcome == Outcome.UNDECIDED ? needed(ratio, bursts, ripe, possible, look, more) : "");
    }

    private static CriterionResult result(Ratio ratio, Outcome outcome, double estimate, Possible possible,
            long samples,
            double effect, OptionalLong more, String needed) {
        return new CriterionResult(ratio.key(), outcome, Unit.TIMES_CHAMPION, estimate, possible.low(), possible.high(),
                ratio.ratio(), samples, samples / effect, effect, Double.NaN, Double.NaN, Double.NaN, Double.NaN, more,
                needed);
    }

    private static double quantile(Histogram histogram, double quantile) {
        return at(histogram, Math.max(1, (long) StrictMath.ceil(quantile * histogram.getTotalCount())));
    }

    /// Bursts at the quantile of either model's first run times, or next to it, whichever are worst.
    private static Measured bursts(RunTimeMinutes minutes, double quantile, long nowMinute) {
        double effect = 1;
        long busyMinutes = 0;
        for (boolean ofChallenger : new boolean[]{true, false}) {
            int bin = minutes.early(quantile, ofChallenger, nowMinute);
            for (int edge = bin; edge <= bin + 1; edge++) {
                Measured measured = DesignEffect.of(minutes.notBelow(edge, ofChallenger), nowMinute);
                effect = Math.max(effect, measured.effect());
                busyMinutes = measured.busyMinutes();
            }
        }
        return new Measured(effect, busyMinutes);
    }

    private static OptionalLong more(Ratio ratio, Times times, long samples) {
        long total = Forecast.total(samples, SAMPLES_MAX, CLOSE_ENOUGH,
                each -> decided(ratio, times.possible((double) each / samples)));
        return total < 0 ? OptionalLong.empty() : OptionalLong.of(total - samples);
    }

    private static boolean decided(Ratio ratio, Possible possible) {
        return possible.high() <= ratio.ratio() || possible.low() > ratio.ratio();
    }

    private static String needed(Ratio ratio, Measured bursts, boolean ripe, Possible possible, Look look,
            OptionalLong more) {
        if (!ripe) {
            return DesignEffect.MINUTES_MIN + " minutes with re-runs, to tell bursts by: " + bursts.busyMinutes()
                    + " so far";
        }
        if (possible.high() <= ratio.ratio()) {
            return "time: watched " + Words.minutes(look.watchedMinutes()) + " of "
                    + Words.minutes(ratio.overMinutes());
        }
        return more.isPresent()
                ? "about " + Words.count(more.getAsLong()) + " more re-runs if things stay as they are"
                : "a difference from the limit: as things stand it would never be decided";
    }
}
