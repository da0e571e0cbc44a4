package dev.understudy.batch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class BatchSizingTest {
    /// 100 ns a row.
    private static RunTimes times(long rowsMax) {
        RunTimes times = new RunTimes(rowsMax);
        for (long rows = 1; rows <= rowsMax; rows *= 2) {
            times.ran(rows, 100 * rows);
        }
        return times;
    }

    @Test
    void aLineThatKeepsUpRunsWhatItsBudgetAllows() {
        BatchSizing sizing = new BatchSizing(32, 800);
        assertEquals(8, sizing.rows(times(32), 0, Long.MAX_VALUE));
        assertEquals(8, sizing.rows(times(32), 256, Long.MAX_VALUE), "what a rest of the lane has left");
    }

    @Test
    void aLineThatFallsBehindRunsMoreAtOnceUpToALimit() {
        BatchSizing sizing = new BatchSizing(32, 200);
        assertEquals(2, sizing.rows(times(32), 64, Long.MAX_VALUE));
        assertEquals(4, sizing.rows(times(32), 65, Long.MAX_VALUE));
        assertEquals(8, sizing.rows(times(32), 129, Long.MAX_VALUE));
        assertEquals(16, sizing.rows(times(32), 1_000, Long.MAX_VALUE), "eight budgets, however much waits");
    }

    @Test
    void aModelThatIsNotBatchedRunsRowByRow() {
        assertEquals(1, new BatchSizing(1, 1_000_000).rows(times(1), 1_000, Long.MAX_VALUE));
    }

    @Test
    void aRunFitsIntoTheGapThatIsExpectedUnlessItFallsBehind() {
        BatchSizing sizing = new BatchSizing(32, 800);
        assertEquals(2, sizing.rows(times(32), 0, 200));
        assertEquals(1, sizing.rows(times(32), 0, 0), "less than the least");
        assertEquals(4, sizing.rows(times(32), 65, 200), "twice the gap");
    }

    @Property
    void rowsStayWithinTheLimitAndGrowWithWhatWaits(@ForAll @LongRange(min = 1, max = 64) long rowsMax,
            @ForAll @LongRange(min = 1, max = 10_000) long budgetNanos,
            @ForAll @LongRange(min = 0, max = 5_000) long a, @ForAll @LongRange(min = 0, max = 5_000) long b) {
        BatchSizing sizing = new BatchSizing(rowsMax, budgetNanos);
        long fewer = sizing.rows(times(rowsMax), Math.min(a, b), Long.MAX_VALUE);
        long more = sizing.rows(times(rowsMax), Math.max(a, b), Long.MAX_VALUE);
        assertTrue(1 <= fewer && fewer <= more && more <= rowsMax, fewer + " " + more);
    }
}
