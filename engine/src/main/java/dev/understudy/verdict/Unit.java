package dev.understudy.verdict;

/// What a number of a verdict is counted in.
public enum Unit {
    /// 0.95 reads 95%.
    PERCENT,
    /// Percentage points: 0.05 reads 5 points.
    POINTS,
    /// As it is.
    NUMBER,
    /// 1.1 reads 1.10x champion.
    TIMES_CHAMPION,
    /// Bytes an hour.
    BYTES_PER_HOUR,
    BYTES;
}
