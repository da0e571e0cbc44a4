package dev.understudy.engine;

import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// Lets one line a second into the log and counts those in between, so that a storm of failures cannot bury it.
/// Thread-safe, never blocks.
public final class LogPace {
    private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final AtomicLong nextNanos;
    private final AtomicLong held = new AtomicLong();

    /// @param nowNanos of a monotonic clock; the first line may be written at once
    public LogPace(long nowNanos) {
        nextNanos = new AtomicLong(nowNanos);
    }

    /// How many lines were held back since the last one that was let through; empty when this one is held back, too.
    ///
    /// @param nowNanos of the same clock
    public OptionalLong admit(long nowNanos) {
        long next = nextNanos.get();
        if (nowNanos - next < 0 || !nextNanos.compareAndSet(next, nowNanos + INTERVAL_NANOS)) {
            held.incrementAndGet();
            return OptionalLong.empty();
        }
        return OptionalLong.of(held.getAndSet(0));
    }
}
