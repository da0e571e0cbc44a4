package dev.understudy.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class ActivityTest {
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
    void aGapIsExpectedToBeAsLongAsTheLastOnesWereOrAsThePresentOneHasLasted() {
        AtomicLong now = new AtomicLong();
        Activity timed = new Activity(now::get);
        timed.began();
        now.set(1_000);
        timed.ended(1);
        now.set(1_050);
        timed.began();
        assertEquals(50, timed.expectedGapNanos(), "the busy time before it is no part of a gap");
        now.set(2_000);
        timed.ended(1);
        assertEquals(50, timed.expectedGapNanos());
        now.set(2_200);
        assertEquals(200, timed.expectedGapNanos());
        timed.began();
        assertEquals(50 + (200 - 50) / 16, timed.expectedGapNanos());
    }

    @Test
    void aQuietNightSaysNothingOfTheMorning() {
        AtomicLong now = new AtomicLong();
        Activity timed = new Activity(now::get);
        now.set(HOUR_NANOS);
        timed.began();
        assertEquals(100_000_000, timed.expectedGapNanos());
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
