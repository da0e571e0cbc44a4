package dev.understudy.runtime;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/// How much a lane has in hand: of the champion's, the requests that wait or are being run, over all its models; of the
/// challengers', the runs and comparisons in progress. Thread-safe and lock-free: whoever begins or ends something never
/// waits for whoever looks.
public final class Activity {
    /// Weight of the latest gap: of the last dozen or two.
    private static final double WEIGHT = 1.0 / 16;
    /// Longer than any run that is to fit: a quiet night says nothing of the morning.
    private static final long GAP_NANOS_MAX = 100_000_000;

    private final LongSupplier nanoClock;
    private final AtomicLong inHand = new AtomicLong();
    private final Queue<Thread> waiting = new ConcurrentLinkedQueue<>();
    /// Written by whoever ends or begins a gap, one after another; a lost update is a lost sample.
    private volatile long idleSinceNanos;
    private volatile double gapNanos;

    /// Nothing is in hand.
    public Activity() {
        this(System::nanoTime);
    }

    /// The same by another clock.
    public Activity(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
        this.idleSinceNanos = nanoClock.getAsLong();
    }

    /// One more thing is in hand.
    public void began() {
        if (inHand.getAndIncrement() == 0) {
            noteGap(nanoClock.getAsLong() - idleSinceNanos);
        }
    }

    private void noteGap(long nanos) {
        long bounded = Math.min(nanos, GAP_NANOS_MAX);
        double known = gapNanos;
        gapNanos = known == 0 ? bounded : known + WEIGHT * (bounded - known);
    }

    /// How long a gap may be expected to last that is there or about to come: as long as the last ones on average, or as long
    /// as the present one has lasted. Of requests that come independently of each other a gap that has lasted tells nothing
    /// else (they are memoryless).
    public long expectedGapNanos() {
        long lasted = idle() ? nanoClock.getAsLong() - idleSinceNanos : 0;
        return Math.max(lasted, (long) gapNanos);
    }

    /// So many things are done. Those who wait for the gap that this opens are woken.
    public void ended(long count) {
        // Before it shows that nothing is in hand: whoever ends or looks at the gap must not meet the one before.
        idleSinceNanos = nanoClock.getAsLong();
        if (inHand.addAndGet(-count) == 0) {
            for (Thread thread : waiting) {
                LockSupport.unpark(thread);
            }
        }
    }

    /// Begins something if nothing else is in hand.
    public boolean beginInGap() {
        return inHand.compareAndSet(0, 1);
    }

    /// Whether nothing has been in hand since then.
    ///
    /// @param nanos an instant of its clock
    public boolean idleSince(long nanos) {
        return idle() && idleSinceNanos - nanos <= 0;
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
