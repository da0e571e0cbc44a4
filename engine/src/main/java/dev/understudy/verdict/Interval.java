package dev.understudy.verdict;

/// An interval that holds the mean at all times together. Immutable.
///
/// @param low  as declared by bets that the mean is above it, each side with its own chance of error
/// @param high likewise
record Interval(double low, double high) {
    /// Enough to halve the interval from 0 to 1 down to neighbouring doubles, 0 excepted.
    private static final int HALVINGS = 120;

    /// The interval by the bets of one limit: the limit is passed when `low` has reached it, and failed when `high` has.
    ///
    /// @param limitLow  the limit of the bets for passing
    /// @param limitHigh of those for failing
    static Interval of(Sample passing, double limitLow, double logOddsLow, Sample failing, double limitHigh,
            double logOddsHigh) {
        return new Interval(low(passing, Bets.above(limitLow), logOddsLow),
                high(failing, Bets.below(limitHigh), logOddsHigh));
    }

    /// The largest limit that the sample's mean is shown to be above.
    static double low(Sample sample, Bets bets, double logOdds) {
        if (!(sample.mean() > 0)) {
            return 0;
        }
        return narrowed(sample, bets, logOdds, 0);
    }

    /// The smallest limit that the sample's mean is shown to be below.
    static double high(Sample sample, Bets bets, double logOdds) {
        if (!(sample.mean() < 1)) {
            return 1;
        }
        return narrowed(sample, bets, logOdds, 1);
    }

    /// The limit closest to the sample's mean that is shown, where `limit` is without looking; by halving what lies between.
    private static double narrowed(Sample sample, Bets bets, double logOdds, double limit) {
        double shown = limit;
        double open = sample.mean();
        for (int i = 0; i < HALVINGS; i++) {
            double middle = (shown + open) / 2;
            if (middle == shown || middle == open) {
                break;
            }
            if (bets.logWealth(sample, middle) >= logOdds) {
                shown = middle;
            } else {
                open = middle;
            }
        }
        return shown;
    }
}
