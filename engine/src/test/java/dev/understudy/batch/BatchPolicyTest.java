package dev.understudy.batch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class BatchPolicyTest {
    @Property
    void aBatchIsNeverLargerThanItsLimitUnlessOneRequestIs(@ForAll @LongRange(min = 1, max = 64) long rowsMax,
            @ForAll @LongRange(min = 1, max = 80) long first, @ForAll @LongRange(min = 1, max = 80) long second) {
        BatchPolicy policy = new BatchPolicy(rowsMax, 0);
        assertTrue(policy.fits(0, first), "the first request always fits");
        assertEquals(first + second <= rowsMax, policy.fits(first, second));
    }

    @Property
    void nobodyWaitsLongerThanTheDelay(@ForAll @LongRange(min = 0, max = 1_000) long delay,
            @ForAll @LongRange(min = 0, max = 2_000) long age, @ForAll @LongRange(min = 1, max = 8) long rows) {
        long wait = new BatchPolicy(9, delay).waitNanos(rows, age, false);
        assertEquals(Math.max(0, delay - age), wait);
    }

    @Test
    void waitingInVainIsNotDone() {
        BatchPolicy policy = new BatchPolicy(8, 1_000);
        assertEquals(0, policy.waitNanos(3, 0, true), "the next cannot join");
        assertEquals(0, policy.waitNanos(8, 0, false), "the batch is full");
    }

    @Test
    void unbatchedTakesOneRequest() {
        assertFalse(BatchPolicy.UNBATCHED.fits(1, 1));
        assertThrows(IllegalArgumentException.class, () -> new BatchPolicy(0, 0));
    }

    @Test
    void aPreferredSizeEndsTheWaitAndDoesNotLimitTheBatch() {
        BatchPolicy policy = new BatchPolicy(8, 1_000, 4);
        assertEquals(400, policy.waitNanos(3, 600, false));
        assertEquals(0, policy.waitNanos(4, 600, false));
        assertTrue(policy.fits(4, 4));
    }
}
