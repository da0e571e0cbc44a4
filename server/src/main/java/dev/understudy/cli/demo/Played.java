package dev.understudy.cli.demo;

import org.HdrHistogram.Histogram;

/// What was measured of requests that were played, in microseconds. Not thread-safe; owned by who gathers it.
///
/// @param latency from when each was due until it was answered
/// @param late    from when each was due until it was sent
record Played(Histogram latency, Histogram late) {
    private static final int DIGITS = 3;

    /// Nothing yet.
    Played() {
        this(new Histogram(DIGITS), new Histogram(DIGITS));
    }

    void add(Played more) {
        latency.add(more.latency);
        late.add(more.late);
    }

    Latency summary() {
        return new Latency(latency.getTotalCount(), latency.getValueAtPercentile(50), latency.getValueAtPercentile(99),
                late.getValueAtPercentile(50), late.getValueAtPercentile(99));
    }
}
