package dev.understudy.benchmarks.gpu;

import java.util.List;
import java.util.Locale;

/// How some memory grew while it was sampled, and how much of that is borne. Immutable.
///
/// Memory is taken for each batch size once, so the first minute does not count, of a shorter time its first quarter. What is
/// left counts as five minutes at least: a short soak sees a step or two, of an allocator or of the compiler, and no rate.
///
/// @param minutes       from the first sample that counts to the last
/// @param bytes         grown meanwhile, less than 0 where it shrank
/// @param bytesAMinuteMax what is borne
record Growth(double minutes, long bytes, long bytesAMinuteMax) {
    private static final double WARMING_MINUTES = 1;
    private static final double MINUTES_MIN = 5;
    private static final double WARMING_SHARE = 0.25;
    private static final double MIB = 1024.0 * 1024;

    /// Memory at an instant.
    ///
    /// @param seconds since the first sample's beginning
    record Sample(double seconds, long bytes) {}

    /// @param samples at least one, in order of time
    static Growth of(List<Sample> samples, long bytesAMinuteMax) {
        Sample last = samples.getLast();
        double warmSeconds = 60 * Math.min(WARMING_MINUTES, WARMING_SHARE * last.seconds() / 60);
        Sample first = samples.stream().filter(sample -> sample.seconds() >= warmSeconds).findFirst().orElse(last);
        return new Growth((last.seconds() - first.seconds()) / 60, last.bytes() - first.bytes(), bytesAMinuteMax);
    }

    /// Bytes a minute.
    double rate() {
        return bytes / Math.max(MINUTES_MIN, minutes);
    }

    boolean borne() {
        return rate() <= bytesAMinuteMax;
    }

    /// For the table: `| +1.5 | 0.3 | 8 | yes |`.
    String cells() {
        return String.format(Locale.ROOT, "| %+.1f in %.1f min | %+.1f | %.0f | %s |", bytes / MIB, minutes,
                rate() / MIB, bytesAMinuteMax / MIB, borne() ? "yes" : "**no**");
    }
}
