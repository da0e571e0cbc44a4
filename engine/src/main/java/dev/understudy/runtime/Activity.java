package dev.understudy.runtime;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// How much a lane has in hand: of the champion's, the requests that wait or are being run, over all its models; of the
/// challengers', the runs in progress. Thread-safe and lock-free: whoever begins or ends something never waits for whoever
/// looks.
public final class Activity {
    private final AtomicLong inHand = new AtomicLong();
    private final AtomicReference<@Nullable Thread> waiting = new AtomicReference<>();

    /// One more thing is in hand.
    public void began() {
        inHand.incrementAndGet();
    }

    /// So many things are done. Whoever waits for the gap that this opens is woken.
    public void ended(long count) {
        if (inHand.addAndGet(-count) == 0) {
            Thread thread = waiting.get();
            if (thread != null) {
                LockSupport.unpark(thread);
            }
        }
    }

    public boolean idle() {
        return inHand.get() == 0;
    }

    /// Sleeps until nothing is in hand, at most `nanos`. Of several threads that wait, the last that came is woken.
    public void awaitIdle(long nanos) {
        Thread self = Thread.currentThread();
        waiting.set(self);
        // Looked at after publishing `waiting`, so that an end in between cannot be missed.
        if (!idle()) {
            LockSupport.parkNanos(this, nanos);
        }
        waiting.compareAndSet(self, null);
    }
}
