package dev.understudy.verdict;

/// The minutes that evidence is gathered by: whole ones since the epoch, UTC.
public final class Minute {
    private static final long MILLIS = 60_000;

    private Minute() {}

    /// The minute that a time is in.
    ///
    /// @param timeMillis since the epoch
    public static long of(long timeMillis) {
        return Math.floorDiv(timeMillis, MILLIS);
    }

    /// When a minute begins, in milliseconds since the epoch.
    public static long beginMillis(long minute) {
        return minute * MILLIS;
    }
}
