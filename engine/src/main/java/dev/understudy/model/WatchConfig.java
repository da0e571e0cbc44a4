package dev.understudy.model;

import java.time.Duration;

/// How the repository is watched. Immutable.
///
/// @param settleNanos       how long a version's files must stay as they are before they are taken: longer than the
///                          pauses of a copy that is under way, short enough that a drop is answered within a second
/// @param patienceNanos     how long files that look incomplete (cut off, or their external data missing or short)
///                          must stay as they are before they are called unusable: an upload may stall, or bring its
///                          files one after the other
/// @param rescanNanos       the time between looks when nothing is reported: network file systems report nothing, and a
///                          look costs one `stat` a file
/// @param coldStartNanosMax how long the start waits for files that are not settled yet, so that a repository copied a
///                          moment ago is served from the first request on
/// @param retryNanosMax     the longest pause before a version is tried again that could not be read or copied; pauses
///                          double from [#rescanNanos]
/// @param versionsMax       versions followed at a time; more are left out, with a warning: nobody runs so many, and a
///                          wrong folder may hold any number
public record WatchConfig(long settleNanos, long patienceNanos, long rescanNanos, long coldStartNanosMax,
        long retryNanosMax, int versionsMax) {
    public static final WatchConfig DEFAULT = new WatchConfig(Duration.ofMillis(500).toNanos(),
            Duration.ofSeconds(5).toNanos(), Duration.ofSeconds(2).toNanos(), Duration.ofSeconds(3).toNanos(),
            Duration.ofMinutes(1).toNanos(), 10_000);

    /// @throws IllegalArgumentException when a time is not positive, or patience is shorter than settling
    public WatchConfig {
        if (settleNanos <= 0 || patienceNanos < settleNanos || rescanNanos <= 0 || coldStartNanosMax < 0
                || retryNanosMax < rescanNanos || versionsMax <= 0) {
            throw new IllegalArgumentException("settleNanos=" + settleNanos + " patienceNanos=" + patienceNanos
                    + " rescanNanos=" + rescanNanos + " coldStartNanosMax=" + coldStartNanosMax + " retryNanosMax="
                    + retryNanosMax + " versionsMax=" + versionsMax);
        }
    }
}
