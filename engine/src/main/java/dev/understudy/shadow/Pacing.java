package dev.understudy.shadow;

import dev.understudy.runtime.Isolation;
import org.jspecify.annotations.Nullable;

/// When the challengers' lane may start a run, as far as the lane alone decides. Clock-free. Not thread-safe; owned by the
/// [Turnstile].
final class Pacing {
    private final Isolation level;
    private final double maxDeviceShare;
    private final int cores;
    private final LaneWindows windows;
    private final TimeBudget budget;
    private long pausedUntilNanos;

    /// What holds the lane back, and how long it surely will.
    ///
    /// @param nanos above 0
    record Held(Hold why, long nanos) {}

    /// @param maxDeviceShare of the time of all cores
    Pacing(Isolation level, double maxDeviceShare, int cores, LaneWindows windows, long nowNanos) {
        this.level = level;
        this.maxDeviceShare = maxDeviceShare;
        this.cores = cores;
        this.windows = windows;
        this.budget = new TimeBudget(rate(BackOff.START), nowNanos);
        this.pausedUntilNanos = nowNanos;
    }

    Isolation level() {
        return level;
    }

    /// Lane time a nanosecond allows: the lane has one thread, which is one core's share of the device.
    private double rate(BackOff backOff) {
        return Math.min(backOff.duty(), maxDeviceShare * cores);
    }

    /// From now on the lane may run for so much of the time, and never more than its share of the device.
    void backOff(BackOff backOff, long nowNanos) {
        budget.rate(rate(backOff), nowNanos);
    }

    /// The lane starts nothing for so long.
    void pause(long nanos, long nowNanos) {
        pausedUntilNanos = nowNanos + nanos;
    }

    /// A run took so long.
    void ran(long nanos, long nowNanos) {
        budget.spend(nanos, nowNanos);
    }

    /// What holds the lane back now; null when nothing does, but perhaps the champion.
    @Nullable
    Held held(long nowNanos) {
        if (pausedUntilNanos - nowNanos > 0) {
            return new Held(Hold.PAUSE, pausedUntilNanos - nowNanos);
        }
        long owedNanos = budget.waitNanos(nowNanos);
        if (owedNanos > 0) {
            return new Held(Hold.BUDGET, owedNanos);
        }
        long restNanos = level.paces() ? windows.restNanos(nowNanos) : 0;
        return restNanos > 0 ? new Held(Hold.REST, restNanos) : null;
    }
}
