package dev.understudy.shadow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.understudy.runtime.Isolation;
import dev.understudy.shadow.Pacing.Held;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class PacingTest {
    private static final LaneWindows WINDOWS = new LaneWindows(0);
    private static final long MILLI = 1_000_000;

    private static Pacing pacing(Isolation level, double share, int cores) {
        return new Pacing(level, share, cores, WINDOWS, 0);
    }

    @Test
    void theLaneRestsWhenTheWindowsSayAndOnlyIfItIsPaced() {
        long rest = 0;
        while (WINDOWS.restNanos(rest) == 0) {
            rest += MILLI;
        }
        Held held = Objects.requireNonNull(pacing(Isolation.PACED, 1, 2).held(rest));
        assertEquals(new Held(Hold.REST, WINDOWS.restNanos(rest)), held);
        assertNull(pacing(Isolation.PACED, 1, 2).held(rest + held.nanos()));
        assertNull(pacing(Isolation.PRIORITY, 1, 2).held(rest));
    }

    @Test
    void theShareIsOfAllCoresAndTheLaneHasOneThread() {
        Pacing quarterOfTwo = pacing(Isolation.PRIORITY, 0.25, 2);
        quarterOfTwo.ran(100 * MILLI, 0);
        assertEquals(new Held(Hold.BUDGET, 200 * MILLI), quarterOfTwo.held(0));
        Pacing quarterOfSixteen = pacing(Isolation.PRIORITY, 0.25, 16);
        quarterOfSixteen.ran(100 * MILLI, 100 * MILLI);
        assertNull(quarterOfSixteen.held(100 * MILLI), "one thread cannot have more than a sixteenth");
    }

    @Test
    void backingOffNeverMeansMoreThanTheShare() {
        Pacing pacing = pacing(Isolation.PRIORITY, 0.1, 2);
        pacing.backOff(new BackOff(1), 0);
        pacing.ran(10 * MILLI, 0);
        assertEquals(new Held(Hold.BUDGET, 50 * MILLI), pacing.held(0));
        pacing.backOff(new BackOff(0.05), 0);
        assertEquals(new Held(Hold.BUDGET, 200 * MILLI), pacing.held(0));
    }

    @Test
    void aPauseEndsByItself() {
        Pacing pacing = pacing(Isolation.PRIORITY, 1, 1);
        pacing.pause(5 * MILLI, 10 * MILLI);
        assertEquals(new Held(Hold.PAUSE, 2 * MILLI), pacing.held(13 * MILLI));
        assertNull(pacing.held(15 * MILLI));
    }
}
