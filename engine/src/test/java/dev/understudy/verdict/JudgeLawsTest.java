package dev.understudy.verdict;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Scale;

class JudgeLawsTest {
    private static final double LOG_20 = Math.log(20);

    @Property(tries = 300)
    void aLimitIsPassedExactlyWhenTheIntervalLiesAboveItAndFailedWhenBelow(
            @ForAll @IntRange(min = 1, max = 20000) int all,
            @ForAll @DoubleRange(min = 0, max = 1) double share,
            @ForAll @DoubleRange(min = 0.001, max = 0.999) @Scale(3) double limit) {
        long good = Math.round(all * share);
        Sample sample = Sample.ofGood((long) all, good);
        Interval interval = Interval.of(sample, limit, LOG_20, sample, limit, LOG_20);
        double up = Bets.above(limit).logWealth(sample, limit);
        double down = Bets.below(limit).logWealth(sample, limit);
        // Within a rounding error of the odds either is right.
        if (Math.abs(up - LOG_20) > 1e-9) {
            assertEquals(up >= LOG_20, interval.low() >= limit, () -> up + " " + interval);
        }
        if (Math.abs(down - LOG_20) > 1e-9) {
            assertEquals(down >= LOG_20, interval.high() <= limit, () -> down + " " + interval);
        }
        assertTrue(interval.low() <= sample.mean() && sample.mean() <= interval.high());
    }

    @Property(tries = 300)
    void passingAndFailingExcludeEachOther(@ForAll @IntRange(min = 1, max = 20000) int all,
            @ForAll @DoubleRange(min = 0, max = 1) double share,
            @ForAll @DoubleRange(min = 0.001, max = 0.999) @Scale(3) double limit) {
        Sample sample = Sample.ofGood((long) all, Math.round(all * share));
        assertTrue(Bets.above(limit).logWealth(sample, limit) < LOG_20
                || Bets.below(limit).logWealth(sample, limit) < LOG_20);
    }

    @Property(tries = 300)
    void aDesignEffectNeverMakesAVerdictFaster(@ForAll @IntRange(min = 1, max = 20000) int all,
            @ForAll @DoubleRange(min = 0, max = 1) double share,
            @ForAll @DoubleRange(min = 0.001, max = 0.999) @Scale(3) double limit,
            @ForAll @DoubleRange(min = 1, max = 100) double effect) {
        Sample sample = Sample.ofGood((long) all, Math.round(all * share));
        Sample worth = sample.scaled(1 / effect);
        double slack = 1e-9;
        assertTrue(
                effect * Bets.above(limit).logWealth(worth, limit) <= Bets.above(limit).logWealth(sample, limit) + slack
                        * all);
        assertTrue(
                effect * Bets.below(limit).logWealth(worth, limit) <= Bets.below(limit).logWealth(sample, limit) + slack
                        * all);
    }

    @Property(tries = 200)
    void oneMoreGoodRequestNeverSpeaksAgainstTheLimit(@ForAll @IntRange(max = 5000) int all,
            @ForAll @DoubleRange(min = 0, max = 1) double share,
            @ForAll @DoubleRange(min = 0.01, max = 0.99) double limit) {
        long good = Math.round(all * share);
        Sample before = Sample.ofGood((long) all, good);
        Sample after = Sample.ofGood(all + 1L, good + 1);
        assertTrue(Bets.above(limit).logWealth(after, limit) > Bets.above(limit).logWealth(before, limit));
        assertTrue(Bets.below(limit).logWealth(after, limit) < Bets.below(limit).logWealth(before, limit));
    }

    @Property(tries = 200)
    void theWealthOfABetIsOneOnAverageOnTheLimit(@ForAll @IntRange(min = 1, max = 12) int all,
            @ForAll @DoubleRange(min = 0.05, max = 0.95) double limit) {
        double up = 0;
        double down = 0;
        double ways = 1;
        for (int good = 0; good <= all; good++) {
            double chance = ways * Math.pow(limit, good) * Math.pow(1 - limit, all - good);
            Sample sample = Sample.ofGood((long) all, good);
            up += chance * Math.exp(Bets.above(limit).logWealth(sample, limit));
            down += chance * Math.exp(Bets.below(limit).logWealth(sample, limit));
            ways = ways * (all - good) / (good + 1);
        }
        assertEquals(1, up, 1e-9);
        assertEquals(1, down, 1e-9);
    }
}
