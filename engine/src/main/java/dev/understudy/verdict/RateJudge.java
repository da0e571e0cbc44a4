package dev.understudy.verdict;

import dev.understudy.verdict.Criterion.Rate;
import dev.understudy.verdict.DesignEffect.Measured;
import java.util.OptionalLong;

/// Judges criteria on a mean. Stateless.
final class RateJudge {
    /// What would take more observations than this will not happen.
    private static final long SAMPLES_MAX = 1_000_000_000_000L;

    private RateJudge() {}

    /// A tally as the bets see it.
    ///
    /// @param ripe false while bursts cannot be told yet
    record Evident(Sample passing, Sample failing, double passLogOdds, double failLogOdds, Measured bursts,
            boolean ripe) {
        static Evident of(Rate rate, Tally tally, Measured bursts) {
            Support support = rate.question().support();
            Sample passing = Sample.forPassing(support, tally).scaled(1 / bursts.effect());
            Sample failing = Sample.forFailing(support, tally).scaled(1 / bursts.effect());
            return new Evident(passing, failing, Bets.above(rate.limit()).logWealth(passing, rate.limit()),
                    Bets.below(rate.failLimit()).logWealth(failing, rate.failLimit()), bursts,
                    !rate.bursts() || bursts.busyMinutes() >= DesignEffect.MINUTES_MIN);
        }

        Interval interval(Rate rate, double passAt, double failAt) {
            return Interval.of(passing, rate.limit(), passAt, failing, rate.failLimit(), failAt);
        }
    }

    static CriterionResult result(Rate rate, RateTracker tracker, Look look) {
        Strand total = tracker.total();
        Evident evident = Evident.of(rate, total.judged(look.nowMinute()), total.bursts(look.nowMinute()));
        Outcome outcome = Outcome.UNDECIDED;
        if (evident.ripe() && evident.failLogOdds() >= look.failLogOdds()) {
            outcome = Outcome.FAIL;
        } else if (evident.ripe() && evident.passLogOdds() >= look.passLogOdds() && look.watched(rate)) {
            outcome = Outcome.PASS;
        }
        double effect = evident.bursts().effect();
        double size = evident.passing().size();
        long samples = Math.round(size * effect);
        Reading reading = rate.reading();
        OptionalLong more = outcome == Outcome.UNDECIDED ? more(rate, evident, look) : OptionalLong.empty();
        Interval interval = size == 0
                ? new Interval(Double.NaN, Double.NaN)
                : evident.interval(rate, look.passLogOdds(), look.failLogOdds());
        double one = reading.declared(interval.low());
        double other = reading.declared(interval.high());
        return new CriterionResult(rate.key(), outcome, reading.unit(), reading.declared(evident.passing().mean()),
                reading.atLeast() ? one : other, reading.atLeast() ? other : one, rate.declared(),
                samples, size, effect, StrictMath.exp(evident.passLogOdds()), StrictMath.exp(look.passLogOdds()),
                StrictMath.exp(evident.failLogOdds()), StrictMath.exp(look.failLogOdds()), more,
                outcome == Outcome.UNDECIDED ? needed(rate, evident, look, samples, more) : "");
    }

    /// How many more observations, in the same proportions, until the bets for passing or for failing have won.
    private static OptionalLong more(Rate rate, Evident evident, Look look) {
        if (evident.passing().mean() > rate.limit()) {
            return more(evident.passing(), Bets.above(rate.limit()), rate.limit(), look.passLogOdds(),
                    evident.bursts().effect());
        }
        if (evident.failing().mean() < rate.failLimit()) {
            return more(evident.failing(), Bets.below(rate.failLimit()), rate.failLimit(), look.failLogOdds(),
                    evident.bursts().effect());
        }
        return OptionalLong.empty();
    }

    private static OptionalLong more(Sample sample, Bets bets, double limit, double logOdds, double effect) {
        long now = Math.round(sample.size() * effect);
        long total = total(sample, bets, limit, logOdds, now);
        return total < 0 ? OptionalLong.empty() : OptionalLong.of(total - now);
    }

    /// The smallest number of observations in the sample's proportions at which the bets reach their odds, at least `now`,
    /// which is what the sample itself stands for; -1 when that is beyond all reach.
    static long total(Sample sample, Bets bets, double limit, double logOdds, long now) {
        return Forecast.total(now, SAMPLES_MAX, 1,
                total -> bets.logWealth(sample.scaled((double) total / now), limit) >= logOdds);
    }

    private static String needed(Rate rate, Evident evident, Look look, long samples, OptionalLong more) {
        if (samples == 0) {
            return "observations: there are none yet";
        }
        if (!evident.ripe()) {
            return DesignEffect.MINUTES_MIN + " minutes with observations, to tell bursts by: "
                    + evident.bursts().busyMinutes() + " so far";
        }
        if (evident.passLogOdds() >= look.passLogOdds()) {
            return "time: watched " + Words.minutes(look.watchedMinutes()) + " of " + Words.minutes(rate.overMinutes());
        }
        return more.isPresent()
                ? "about " + Words.count(more.getAsLong()) + " more observations to "
                        + (evident.passing().mean() > rate.limit() ? "pass" : "fail") + " if things stay as they are"
                : "a difference from the limit: as things stand it would never be decided";
    }
}
