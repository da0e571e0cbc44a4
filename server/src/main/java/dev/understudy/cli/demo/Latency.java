package dev.understudy.cli.demo;

import java.util.Locale;
import org.HdrHistogram.Histogram;

/// How long answers took. Immutable.
record Latency(long count, long p50Micros, long p99Micros) {
    static Latency of(Histogram micros) {
        return new Latency(micros.getTotalCount(), micros.getValueAtPercentile(50), micros.getValueAtPercentile(99));
    }

    /// `p50 0.61 ms  p99 1.42 ms`, or a hyphen each before the first answer.
    String text() {
        return "p50 " + millis(p50Micros) + "  p99 " + millis(p99Micros);
    }

    private String millis(long micros) {
        return count == 0 ? "-" : String.format(Locale.ROOT, "%.2f ms", micros / 1000.0);
    }
}
