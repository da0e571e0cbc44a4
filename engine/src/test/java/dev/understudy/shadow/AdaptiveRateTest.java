package dev.understudy.shadow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class AdaptiveRateTest {
    @Test
    void pressureHalvesTheRateWhileItRisesAndNotWhileItFalls() {
        AdaptiveRate rate = AdaptiveRate.FULL.after(0.8);
        assertEquals(0.5, rate.factor());
        rate = rate.after(0.95);
        assertEquals(0.25, rate.factor());
        rate = rate.after(0.9).after(0.8);
        assertEquals(0.25, rate.factor(), "the queue drains");
        assertEquals(0.125, rate.after(0.8).factor(), "it does not any more");
    }

    @Test
    void aRateRecoversStepByStepAndWaitsLongerWhereMoreWasTriedInVain() {
        AdaptiveRate rate = AdaptiveRate.FULL.after(1).after(1);
        assertEquals(2 * AdaptiveRate.PATIENCE_MIN, roundsToFull(rate));
        for (int tries = 1; tries <= 3; tries++) {
            while (rate.halvings() == 2) {
                rate = rate.after(0);
            }
            rate = rate.after(1);
            assertEquals(AdaptiveRate.PATIENCE_MIN << tries, rate.patience());
        }
        while (rate.halvings() > 0) {
            rate = rate.after(0);
        }
        assertEquals(AdaptiveRate.PATIENCE_MIN, rate.patience(), "two steps forward in a row");
    }

    private static int roundsToFull(AdaptiveRate from) {
        AdaptiveRate rate = from;
        int rounds = 0;
        while (rate.halvings() > 0) {
            rate = rate.after(0);
            rounds++;
        }
        return rounds;
    }

    @Test
    void betweenCalmAndPressedNothingChanges() {
        AdaptiveRate rate = AdaptiveRate.FULL.after(1);
        for (int i = 0; i < 100; i++) {
            rate = rate.after(0.5);
        }
        assertEquals(1, rate.halvings());
    }

    @Property
    void theFactorIsAPowerOfTwoWithinBounds(@ForAll List<@DoubleRange(min = 0, max = 1) Double> pressures) {
        AdaptiveRate rate = AdaptiveRate.FULL;
        for (double pressure : pressures) {
            int before = rate.halvings();
            rate = rate.after(pressure);
            assertTrue(Math.abs(rate.halvings() - before) <= 1);
            assertTrue(rate.halvings() >= 0 && rate.halvings() <= AdaptiveRate.HALVINGS_MAX);
            assertEquals(Math.pow(0.5, rate.halvings()), rate.factor());
        }
    }

    /// A challenger with room for 100 that runs 10 a round, asked for more: it comes to take what it can run, within a factor
    /// of two, without its queue running over again and again; and all of it when it is asked for less.
    @Property(tries = 50)
    void itSettlesAtWhatTheChallengerKeepsUpWith(@ForAll @IntRange(min = 1, max = 200) int asked) {
        AdaptiveRate rate = AdaptiveRate.FULL;
        double queue = 0;
        double ran = 0;
        double lost = 0;
        for (int round = 0; round < 2_000; round++) {
            double arriving = asked * rate.factor();
            double now = Math.min(10, queue + arriving);
            queue += arriving - now;
            lost += round >= 1_000 ? Math.max(0, queue - 100) : 0;
            queue = Math.min(100, queue);
            ran += round >= 1_000 ? now : 0;
            rate = rate.after(queue / 100);
        }
        assertTrue(ran / 1_000 >= 0.45 * Math.min(10, asked), "ran " + ran / 1_000 + " of " + asked);
        assertTrue(lost / 1_000 <= 0.2 * asked, "lost " + lost / 1_000 + " of " + asked);
        assertTrue(asked > 10 || rate.halvings() == 0, "asked " + asked + ", taken " + rate.factor());
    }
}
