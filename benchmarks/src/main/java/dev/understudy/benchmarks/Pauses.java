package dev.understudy.benchmarks;

import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/// How long `System.gc()` takes, 100 times or as often as 20 seconds allow. Immutable.
public final class Pauses {
    private static final int COLLECTIONS = 100;
    private static final long NANOS_MAX = TimeUnit.SECONDS.toNanos(20);
    private static final double MEDIAN = 50;
    private static final double TAIL = 95;
    private static final double NANOS_PER_MILLI = 1_000_000;

    private final Histogram nanos;

    private Pauses(Histogram nanos) {
        this.nanos = nanos;
    }

    /// Collects garbage on the calling thread.
    public static Pauses measure() throws InterruptedException {
        Histogram nanos = new Histogram(3);
        long end = System.nanoTime() + NANOS_MAX;
        for (int i = 0; i < COLLECTIONS && System.nanoTime() < end; i++) {
            long begin = System.nanoTime();
            System.gc();
            nanos.recordValue(System.nanoTime() - begin);
            TimeUnit.MILLISECONDS.sleep(1);
        }
        return new Pauses(nanos);
    }

    /// A percentile, in milliseconds.
    public double millis(double percentile) {
        return nanos.getValueAtPercentile(percentile) / NANOS_PER_MILLI;
    }

    @Override
    public String toString() {
        return nanos.getTotalCount() + " times System.gc(), ms p50 " + Mark.text(millis(MEDIAN)) + ", p95 "
                + Mark.text(millis(TAIL)) + ", most " + Mark.text(nanos.getMaxValue() / NANOS_PER_MILLI);
    }
}
