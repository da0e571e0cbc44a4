package dev.understudy.shadow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class TimeBudgetTest {
    private static final int MILLI = 1_000_000;

    @Test
    void aRunIsOwedUntilItHasBeenRefilled() {
        TimeBudget budget = new TimeBudget(0.25, 0);
        assertEquals(0, budget.waitNanos(0));
        budget.spend(1_000, 1_000);
        assertEquals(3_000, budget.waitNanos(1_000), "750 ns are owed");
        assertEquals(1_000, budget.waitNanos(3_000));
        assertEquals(0, budget.waitNanos(4_000));
    }

    @Test
    void aChangedRateHoldsFromNowOn() {
        TimeBudget budget = new TimeBudget(1, 0);
        budget.spend(2_000, 1_000);
        budget.rate(0.5, 1_000);
        assertEquals(2_000, budget.waitNanos(1_000));
    }

    /// Runs as soon as it may, with rests in between, and never has more than its share of any stretch of time.
    @Property
    void nobodyWhoWaitsAsToldHasMoreThanTheShare(@ForAll @DoubleRange(min = 0.01, max = 1) double rate,
            @ForAll @Size(min = 1, max = 50) List<@IntRange(min = 1, max = 20 * MILLI) Integer> runs,
            @ForAll @IntRange(min = 0, max = 30 * MILLI) int restNanos) {
        TimeBudget budget = new TimeBudget(rate, 0);
        long now = 0;
        double spent = 0;
        for (int run : runs) {
            now += restNanos + budget.waitNanos(now + restNanos);
            assertTrue(spent <= rate * now + 1e-3 * now + 1, "started while something was owed");
            now += run;
            spent += run;
            budget.spend(run, now);
        }
    }

    @Test
    void aLongRunAtFullRateOwesNothing() {
        TimeBudget budget = new TimeBudget(1, 0);
        budget.spend(5_000L * MILLI, 5_000L * MILLI);
        assertEquals(0, budget.waitNanos(5_000L * MILLI));
    }

    @Test
    void whatIsSavedIsBounded() {
        TimeBudget budget = new TimeBudget(0.5, 0);
        long minute = 60_000L * MILLI;
        assertEquals(0, budget.waitNanos(minute));
        budget.spend(51 * MILLI, minute);
        assertEquals(2 * MILLI, budget.waitNanos(minute), "50 ms were saved in a minute");
    }
}
