package dev.understudy.benchmarks.lane;

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/// When requests are due: a Poisson process, whose gaps are independent and exponential. The same seed gives the same
/// times. Not thread-safe; owned by the thread that sends.
public final class Arrivals {
    private final SplittableRandom random;
    private final double meanGapNanos;
    private double atNanos;

    /// @param perSecond on average, above 0
    public Arrivals(double perSecond, long seed) {
        if (!(perSecond > 0)) {
            throw new IllegalArgumentException("a rate is above 0, not " + perSecond);
        }
        this.meanGapNanos = TimeUnit.SECONDS.toNanos(1) / perSecond;
        this.random = new SplittableRandom(seed);
    }

    /// The next arrival, in nanoseconds since the first instant.
    long nextNanos() {
        atNanos -= meanGapNanos * Math.log1p(-random.nextDouble());
        return (long) atNanos;
    }
}
