package dev.understudy.verdict;

/// Which ranks of a sorted sample enclose a quantile at all times together: between the values of rank `low + 1` and
/// `high`, counted from 1. Immutable.
///
/// @param low  from -1 or 0 (no lower bound) up
/// @param high up to one more than the sample holds (no upper bound)
public record Ranks(long low, long high) {
    /// The ranks for `size` values.
    ///
    /// @param quantile above 0 and below 1
    /// @param logOddsLow  what the lower side must reach, natural logarithm
    /// @param logOddsHigh what the upper side must
    public static Ranks of(long size, double quantile, double logOddsLow, double logOddsHigh) {
        Bets above = Bets.above(quantile);
        Bets below = Bets.below(quantile);
        double middle = size * quantile;
        // The first rank above the quantile at which so many values would be too many; the odds rise with the rank.
        long shy = (long) StrictMath.floor(middle);
        long enough = size + 1;
        while (enough - shy > 1) {
            long rank = shy + (enough - shy) / 2;
            if (above.logWealth(Sample.ofGood(size, rank), quantile) >= logOddsHigh) {
                enough = rank;
            } else {
                shy = rank;
            }
        }
        long high = enough;
        long few = -1;
        shy = (long) StrictMath.ceil(middle);
        while (shy - few > 1) {
            long rank = few + (shy - few) / 2;
            if (below.logWealth(Sample.ofGood(size, rank), quantile) >= logOddsLow) {
                few = rank;
            } else {
                shy = rank;
            }
        }
        return new Ranks(few, high);
    }

    /// The ranks for `size` values that are worth fewer, rounded outward.
    ///
    /// @param designEffect at least 1
    static Ranks of(long size, double designEffect, double quantile, double logOddsLow, double logOddsHigh) {
        if (designEffect <= 1) {
            return of(size, quantile, logOddsLow, logOddsHigh);
        }
        long worth = (long) (size / designEffect);
        Ranks ranks = of(worth, quantile, logOddsLow, logOddsHigh);
        double each = (double) size / worth;
        long low = ranks.low < 0 ? -1 : (long) StrictMath.floor(ranks.low * each);
        long high = ranks.high > worth ? size + 1 : Math.min(size, (long) StrictMath.ceil(ranks.high * each));
        return new Ranks(low, high);
    }
}
