package dev.understudy.benchmarks.gpu;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;

/// The worst latency by when requests were due, in windows of a hundredth of a second. Thread-safe.
final class WorstLatency {
    private static final long WINDOW_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final long beginNanos;
    private final AtomicLongArray worstNanos;

    /// @param beginNanos [System#nanoTime] at which the first window begins
    WorstLatency(long beginNanos, double seconds) {
        this.beginNanos = beginNanos;
        this.worstNanos = new AtomicLongArray((int) (seconds * TimeUnit.SECONDS.toNanos(1) / WINDOW_NANOS) + 1);
    }

    /// Takes an answer that came at `nowNanos`; one of a request due outside the windows is left out.
    void record(long dueNanos, long nowNanos) {
        long at = Math.floorDiv(dueNanos - beginNanos, WINDOW_NANOS);
        if (at >= 0 && at < worstNanos.length()) {
            worstNanos.accumulateAndGet((int) at, nowNanos - dueNanos, Math::max);
        }
    }

    /// The worst of requests that were due from `fromNanos` on and before `toNanos`, in milliseconds; 0 where there were none.
    double millis(long fromNanos, long toNanos) {
        long first = Math.max(0, Math.floorDiv(fromNanos - beginNanos, WINDOW_NANOS));
        long last = Math.min(worstNanos.length(), Math.floorDiv(toNanos - beginNanos, WINDOW_NANOS));
        long worst = 0;
        for (long at = first; at < last; at++) {
            worst = Math.max(worst, worstNanos.get((int) at));
        }
        return worst / (double) TimeUnit.MILLISECONDS.toNanos(1);
    }
}
