package dev.understudy.runtime;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/// How much a lane has in hand: of the champion's, the requests that wait or are being run, over all its models; of the
/// challengers', the runs and comparisons in progress. Thread-safe and lock-free: whoever begins or ends something never
/// waits for whoever looks.
public final class Activity {
    private final AtomicLong inHand = new AtomicLong();
    private final Queue<Thread> waiting = new ConcurrentLinkedQueue<>();

    /// One more thing is in hand.
    public void began() {
        inHand.incrementAndGet();
    }

    /// So many things are done. Those who wait for the gap that this opens are woken.
    public void ended(long count) {
        if (inHand.addAndGet(-count) == 0) {
            for (Thread thread : waiting) {
                LockSupport.unpark(thread);
            }
        }
    }

    public boolean idle() {
        return inHand.get() == 0;
    }

    /// Sleeps until nothing is in hand, at most `nanos`.
    public void awaitIdle(long nanos) {
        if (idle()) {
            return;
        }
        Thread self = Thread.currentThread();
        waiting.add(self);
        // Looked at again after publishing, so that an end in between cannot be missed.
        if (!idle()) {
            LockSupport.parkNanos(this, nanos);
        }
        waiting.remove(self);
    }
}
