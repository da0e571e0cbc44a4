package dev.understudy.benchmarks.verdict;

import dev.understudy.verdict.Bets;
import dev.understudy.verdict.Ranks;
import dev.understudy.verdict.Sample;

/// Where a ratio of two quantiles may be decided: the ranks between which the bets leave the quantile, for every number of
/// values, worked out once for all runs. With these a run can be looked at after every value. Immutable.
///
/// The judge reads its values from the outer edges of a histogram's bins, so it decides no earlier than these ranks do; what
/// they let through is for the judge to say.
final class RatioBoundaries {
    private final double ratio;
    private final int[] low;
    private final int[] high;

    private RatioBoundaries(double ratio, int[] low, int[] high) {
        this.ratio = ratio;
        this.low = low;
        this.high = high;
    }

    /// @param alpha the chance of error, of which half goes to either model
    static RatioBoundaries of(double quantile, double ratio, double alpha, int horizon) {
        Bets above = Bets.above(quantile);
        Bets below = Bets.below(quantile);
        double logOdds = Math.log(2 / alpha);
        int[] low = new int[horizon + 1];
        int[] high = new int[horizon + 1];
        int few = -1;
        int many = 1;
        for (int size = 1; size <= horizon; size++) {
            // With one value more, either rank stays or goes up by one.
            while (many <= size && above.logWealth(Sample.ofGood(size, (long) many), quantile) < logOdds) {
                many++;
            }
            while (few + 1 < quantile * size
                    && below.logWealth(Sample.ofGood(size, few + 1L), quantile) >= logOdds) {
                few++;
            }
            low[size] = few;
            high[size] = many;
        }
        return new RatioBoundaries(ratio, low, high);
    }

    /// The ranks for `size` values.
    Ranks at(int size) {
        return new Ranks(low[size], high[size]);
    }

    /// Whether the challenger's values so far may show that the ratio is kept.
    boolean mayPass(SortedSoFar challenger, SortedSoFar champion) {
        int size = challenger.size();
        return low[size] >= 0 && high[size] <= size
                && challenger.at(high[size]) <= ratio * champion.at(low[size] + 1);
    }

    /// Whether they may show that it is missed.
    boolean mayFail(SortedSoFar challenger, SortedSoFar champion) {
        int size = challenger.size();
        return low[size] >= 0 && high[size] <= size
                && challenger.at(low[size] + 1) > ratio * champion.at(high[size]);
    }
}
