package dev.understudy.shadow;

import dev.understudy.runtime.Activity;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/// Work that holds up more than its lane: a session that is loaded, warmed up or closed has a GPU
/// wait for everything it was given, and takes memory and locks on any device. It is begun a while after the last such work and in a
/// gap of the champions', and what champions answer meanwhile is counted apart and not hidden. Thread-safe.
public final class Maintenance {
    /// A gap is not waited for longer, since work that never begins helps nobody.
    private static final long GAP_NANOS = 1_000_000_000L;
    /// Between two works where they hold the whole device up, so that the champion has got rid of what the first left behind.
    static final long PAUSE_NANOS = 500_000_000L;

    private final Activity champion;
    private final Activity challengers;
    private final AtomicInteger running = new AtomicInteger();
    private final LongAdder works = new LongAdder();
    private final LongAdder nanos = new LongAdder();
    private final LongAdder answers = new LongAdder();
    private final LongAccumulator slowestNanos = new LongAccumulator(Math::max, 0);
    private final long pauseNanos;
    private final LongSupplier nanoClock;
    private final LongConsumer sleep;
    private volatile long endedNanos;

    /// What there has been of it in this process.
    ///
    /// @param running        whether there is some now
    /// @param works          sessions loaded or closed
    /// @param nanos          time it took together
    /// @param answers        what champions answered meanwhile
    /// @param slowestNanos   the longest of these, from admission to the answer
    public record Account(boolean running, long works, long nanos, long answers, long slowestNanos) {}

    /// @param pauseNanos between two works
    Maintenance(Activity champion, Activity challengers, long pauseNanos) {
        this(champion, challengers, pauseNanos, System::nanoTime, LockSupport::parkNanos);
    }

    /// The same by another clock.
    ///
    /// @param sleep waits so many nanoseconds, or a little less
    Maintenance(Activity champion, Activity challengers, long pauseNanos, LongSupplier nanoClock, LongConsumer sleep) {
        this.champion = champion;
        this.challengers = challengers;
        this.pauseNanos = pauseNanos;
        this.nanoClock = nanoClock;
        this.sleep = sleep;
        this.endedNanos = nanoClock.getAsLong() - pauseNanos;
    }

    /// Waits until a session may be loaded or closed: a while after the last work has ended, unless no champion has been asked
    /// anything since, and then for a gap of the champions', a second at most.
    void await() {
        long leftNanos = pauseNanos - (nanoClock.getAsLong() - endedNanos);
        while (leftNanos > 0 && !champion.idleSince(endedNanos) && !Thread.currentThread().isInterrupted()) {
            sleep.accept(leftNanos);
            leftNanos = pauseNanos - (nanoClock.getAsLong() - endedNanos);
        }
        champion.awaitIdle(GAP_NANOS);
    }

    /// Waits until it may be done, and does it.
    ///
    /// @param <X> what it may throw beside unchecked exceptions
    public <T, X extends Exception> T during(Work<T, X> work) throws X {
        await();
        CompletableFuture<Void> over = new CompletableFuture<>();
        until(over);
        try {
            return work.run();
        } finally {
            over.complete(null);
        }
    }

    /// Work on the calling thread.
    ///
    /// @param <X> what it may throw beside unchecked exceptions
    @FunctionalInterface
    public interface Work<T, X extends Exception> {
        T run() throws X;
    }

    /// There is such work from now until then. It makes way at once for a champion as a run does.
    void until(CompletableFuture<?> over) {
        long beganNanos = nanoClock.getAsLong();
        running.incrementAndGet();
        challengers.began();
        works.increment();
        var unused = over.whenComplete((done, refused) -> {
            challengers.ended(1);
            nanos.add(nanoClock.getAsLong() - beganNanos);
            endedNanos = nanoClock.getAsLong();
            running.decrementAndGet();
        });
    }

    boolean running() {
        return running.get() > 0;
    }

    /// Whether the whole device waits for such work.
    public boolean holdsDevice() {
        return pauseNanos > 0;
    }

    /// A champion has answered meanwhile.
    void answered(long latencyNanos) {
        answers.increment();
        slowestNanos.accumulate(latencyNanos);
    }

    /// As of now.
    public Account account() {
        return new Account(running(), works.sum(), nanos.sum(), answers.sum(), slowestNanos.get());
    }
}
