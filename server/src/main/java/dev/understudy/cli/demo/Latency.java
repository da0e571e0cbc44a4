package dev.understudy.cli.demo;

import java.util.Locale;

/// How long answers took, and how late their requests were sent. Immutable.
///
/// @param p50LateMicros how far behind its time the player sent, which no server is to blame for; part of the latency
record Latency(long count, long p50Micros, long p99Micros, long p50LateMicros, long p99LateMicros) {
    /// A figure that is twice another was not measured on the same machine.
    private static final int FACTOR_MAX = 2;

    /// `p50 0.61 ms  p99 1.42 ms`, or a hyphen each before the first answer.
    String text() {
        return "p50 " + millis(p50Micros) + "  p99 " + millis(p99Micros);
    }

    /// Whether the machine was too busy to measure this: the better part of it is the player's own waiting for a processor.
    boolean blurred() {
        return count > 0 && (p50LateMicros * FACTOR_MAX > p50Micros || p99LateMicros * FACTOR_MAX > p99Micros);
    }

    /// Whether this, measured with less to do than `other`, took so much longer that something else was at work.
    boolean belies(Latency other) {
        return count > 0 && other.count > 0
                && (p50Micros > other.p50Micros * FACTOR_MAX || p99Micros > other.p99Micros * FACTOR_MAX);
    }

    private String millis(long micros) {
        return count == 0 ? "-" : String.format(Locale.ROOT, "%.2f ms", micros / 1000.0);
    }
}
