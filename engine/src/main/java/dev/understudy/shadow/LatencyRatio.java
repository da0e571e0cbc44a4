package dev.understudy.shadow;

/// The champion's latency with the challengers' lane on over that with it off, at two places of its distribution. NaN where
/// too little is known. Immutable.
///
/// @param p50 ratio of the medians
/// @param p95 ratio of the 95th percentiles
/// @param p99 ratio of the 99th percentiles
public record LatencyRatio(double p50, double p95, double p99) {
    /// Nothing is known.
    public static final LatencyRatio UNKNOWN = new LatencyRatio(Double.NaN, Double.NaN, Double.NaN);

    boolean isKnown() {
        return !Double.isNaN(p50);
    }
}
