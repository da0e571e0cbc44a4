package dev.understudy.shadow;

/// The champion's latency with the challengers' lane on over that with it off, at three places of its distribution. NaN where
/// too little is known. Immutable.
///
/// @param p50            ratio of the medians
/// @param p95            ratio of the 95th percentiles
/// @param p99            ratio of the 99th percentiles
/// @param p50ExcessNanos by how much the median is larger
/// @param p95ExcessNanos by how much the 95th percentile is
public record LatencyRatio(double p50, double p95, double p99, long p50ExcessNanos, long p95ExcessNanos) {
    /// Nothing is known.
    public static final LatencyRatio UNKNOWN = new LatencyRatio(Double.NaN, Double.NaN, Double.NaN, 0, 0);

    boolean isKnown() {
        return !Double.isNaN(p50);
    }
}
