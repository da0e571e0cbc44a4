package dev.understudy.benchmarks.lane;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.ConcurrentHistogram;

/// Latencies by when their requests were due, in windows of equal length. Thread-safe at [#record].
final class Timeline {
    private static final long LATENCY_NANOS_MAX = TimeUnit.MINUTES.toNanos(1);

    private final long beginNanos;
    private final long windowNanos;
    private final List<ConcurrentHistogram> windows = new ArrayList<>();

    /// @param beginNanos [System#nanoTime] at which the first window begins
    Timeline(long beginNanos, long windowMillis, int count) {
        this.beginNanos = beginNanos;
        this.windowNanos = TimeUnit.MILLISECONDS.toNanos(windowMillis);
        for (int i = 0; i < count; i++) {
            windows.add(new ConcurrentHistogram(LATENCY_NANOS_MAX, 3));
        }
    }

    /// Takes an answer that came now; one of a request due outside the windows is left out.
    void record(long dueNanos) {
        long at = Math.floorDiv(dueNanos - beginNanos, windowNanos);
        if (at >= 0 && at < windows.size()) {
            windows.get((int) at).recordValue(Math.min(System.nanoTime() - dueNanos, LATENCY_NANOS_MAX));
        }
    }

    /// The middle of each window that saw answers, in seconds since `zeroNanos`, and the percentile in it, in milliseconds.
    Curve curve(String name, double percentile, long zeroNanos) {
        List<Double> seconds = new ArrayList<>();
        List<Double> millis = new ArrayList<>();
        for (int i = 0; i < windows.size(); i++) {
            if (windows.get(i).getTotalCount() > 0) {
                seconds.add((beginNanos - zeroNanos + windowNanos * (i + 0.5)) / TimeUnit.SECONDS.toNanos(1));
                millis.add(windows.get(i).getValueAtPercentile(percentile) / (double) TimeUnit.MILLISECONDS.toNanos(1));
            }
        }
        return new Curve(name, seconds, millis);
    }

    /// A line of the chart.
    record Curve(String name, List<Double> seconds, List<Double> millis) {
        Curve {
            seconds = List.copyOf(seconds);
            millis = List.copyOf(millis);
        }
    }
}
