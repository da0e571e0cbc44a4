package dev.understudy.shadow;

/// The champion's latency with the challengers' lane on over that with it off, at three places of its distribution. NaN where
/// too little is known. Immutable.
///
/// @param p50       ratio of the medians
/// @param p95       ratio of the 95th percentiles
/// @param p99       ratio of the 99th percentiles
/// @param p50Surely how much of the first is no chance
/// @param p95Surely how much of the second is none
public record LatencyRatio(double p50, double p95, double p99, Surely p50Surely, Surely p95Surely) {
    /// Nothing is known.
    public static final LatencyRatio UNKNOWN = new LatencyRatio(Double.NaN, Double.NaN, Double.NaN, Surely.NOTHING,
            Surely.NOTHING);

    /// By how much a place of the distribution is larger at the least.
    ///
    /// @param ratio       below 1 where chance could be all of it
    /// @param excessNanos below 0 there
    public record Surely(double ratio, long excessNanos) {
        static final Surely NOTHING = new Surely(Double.NaN, 0);
    }

    boolean isKnown() {
        return !Double.isNaN(p50);
    }
}
