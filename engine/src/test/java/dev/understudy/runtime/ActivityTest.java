package dev.understudy.runtime;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class ActivityTest {
    private static final long GAP_NANOS = 50_000_000;
    private static final long HOUR_NANOS = TimeUnit.HOURS.toNanos(1);

    private final Activity activity = new Activity();

    @Test
    void itIsIdleWhenAsMuchHasEndedAsBegan() {
        assertTrue(activity.idle());
        activity.began();
        activity.began();
        activity.ended(1);
        assertFalse(activity.idle());
        activity.ended(1);
        assertTrue(activity.idle());
    }

    @Test
    void aGapIsExpectedToBeAsLongAsTheLastOnesWere() {
        activity.began();
        for (int i = 0; i < 500; i++) {
            activity.noteGap(GAP_NANOS);
        }
        assertTrue(Math.abs(GAP_NANOS - activity.expectedGapNanos()) < GAP_NANOS / 1_000_000);
        for (int i = 0; i < 500; i++) {
            activity.noteGap(1_000);
        }
        assertTrue(Math.abs(1_000 - activity.expectedGapNanos()) < 10, () -> "" + activity.expectedGapNanos());
    }

    @Test
    void whoeverWaitsIsWokenByTheEndOfTheLast() throws Exception {
        activity.began();
        activity.began();
        Thread waiter = Thread.ofPlatform().start(() -> {
            while (!activity.idle()) {
                activity.awaitIdle(HOUR_NANOS);
            }
        });
        awaitParked(waiter);
        activity.ended(2);
        waiter.join();
    }

    @Test
    void nobodyWaitsForWhatIsIdleAlready() {
        activity.awaitIdle(HOUR_NANOS);
    }

    static void awaitParked(Thread thread) {
        while (thread.getState() != Thread.State.TIMED_WAITING) {
            LockSupport.parkNanos(100_000);
        }
    }
}
