package dev.understudy.batch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class RunTimesTest {
    private static final long ROWS_MAX = 32;

    /// A model whose runs take a fixed time and some for each row.
    private static RunTimes measured(long fixedNanos, long rowNanos, int... rows) {
        RunTimes times = new RunTimes(ROWS_MAX);
        for (int each : rows) {
            times.ran(each, fixedNanos + each * rowNanos);
        }
        return times;
    }

    @Test
    void asManyRowsAsRunWithinTheBudget() {
        RunTimes times = measured(500, 100, 1, 2, 4, 8, 16, 32);
        assertEquals(1, times.rowsWithin(100), "one at least");
        assertEquals(1, times.rowsWithin(699));
        assertEquals(2, times.rowsWithin(700));
        assertEquals(16, times.rowsWithin(2_100));
        assertEquals(32, times.rowsWithin(1_000_000));
    }

    @Test
    void sizesNeverRunAreExpectedToTakeTwiceTheOnesBelowThem() {
        RunTimes times = measured(0, 100, 1, 2, 4);
        assertEquals(8, times.rowsWithin(800));
        assertEquals(4, times.rowsWithin(799));
        assertEquals(1, new RunTimes(ROWS_MAX).rowsWithin(1_000_000), "nothing is known");
    }

    @Test
    void theLargestSizeNeedNotBeAPowerOfTwo() {
        RunTimes times = new RunTimes(20);
        for (int rows : new int[]{1, 2, 4, 8, 16, 20}) {
            times.ran(rows, 100L * rows);
        }
        assertEquals(16, times.rowsWithin(1_999));
        assertEquals(20, times.rowsWithin(2_000));
    }

    @Test
    void anInterruptedRunTeachesLittleAndAFasterOneMuch() {
        RunTimes times = measured(0, 100, 1, 2, 4, 8, 16);
        times.ran(16, 16_000);
        assertEquals(16, times.rowsWithin(2_400), "ten times slower once");
        for (int i = 0; i < 100; i++) {
            times.ran(16, 16_000);
        }
        assertEquals(8, times.rowsWithin(2_400), "slower for good");
        for (int i = 0; i < 8; i++) {
            times.ran(16, 1_600);
        }
        assertEquals(16, times.rowsWithin(2_400), "fast again");
    }

    @Test
    void aRunBeyondTheLargestTeachesNothing() {
        RunTimes times = measured(0, 100, 1, 2);
        times.ran(1_000, 1);
        times.ran(0, 1);
        assertEquals(2, times.rowsWithin(399));
    }

    @Property
    void aLargerBudgetNeverMeansFewerRows(@ForAll List<@IntRange(min = 1, max = 32) Integer> rows,
            @ForAll @LongRange(min = 1, max = 10_000) long nanos, @ForAll @LongRange(min = 0, max = 1_000_000) long a,
            @ForAll @LongRange(min = 0, max = 1_000_000) long b) {
        RunTimes times = new RunTimes(ROWS_MAX);
        for (int i = 0; i < rows.size(); i++) {
            times.ran(rows.get(i), nanos * (1 + i % 7));
        }
        long fewer = times.rowsWithin(Math.min(a, b));
        long more = times.rowsWithin(Math.max(a, b));
        assertTrue(1 <= fewer && fewer <= more && more <= ROWS_MAX, fewer + " " + more);
    }
}
