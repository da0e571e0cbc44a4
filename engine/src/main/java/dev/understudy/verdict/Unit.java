package dev.understudy.verdict;

/// What a number of a verdict is counted in.
public enum Unit {
    /// 0.95 reads 95%.
    PERCENT,
    /// Percentage points: 0.05 reads 5 points.
    POINTS,
    /// As it is.
    NUMBER,
    /// 1.1 reads 1.1x champion.
    TIMES_CHAMPION,
    /// Bytes an hour: 1e6 reads 1 MB/h.
    BYTES_PER_HOUR,
    /// 1e9 reads 1,000 MB.
    BYTES;

    /// A number in words, with three significant digits; "unknown" for NaN, "no limit" where nothing bounds it.
    public String text(double value) {
        if (Double.isNaN(value)) {
            return "unknown";
        }
        if (Double.isInfinite(value)) {
            return "no limit";
        }
        return switch (this) {
            case PERCENT -> Words.percent(value);
            case POINTS -> Words.number(value * 100) + " points";
            case NUMBER -> Words.number(value);
            case TIMES_CHAMPION -> Words.number(value) + "x champion";
            case BYTES_PER_HOUR -> Words.megabytes(value) + "/h";
            case BYTES -> Words.megabytes(value);
        };
    }
}
