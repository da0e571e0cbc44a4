package dev.understudy.verdict;

/// How often a challenger agreed with its champion.
public record Agreement(long compared, long agreed) {
    public static final Agreement NONE = new Agreement(0, 0);

    /// The share that agreed, 0..1; NaN before the first comparison.
    public double rate() {
        return compared == 0 ? Double.NaN : (double) agreed / compared;
    }

    public Agreement plus(MinuteCounts minute) {
        return new Agreement(compared + minute.compared(), agreed + minute.agreed());
    }
}
