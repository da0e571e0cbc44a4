package dev.understudy.verdict;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A second way to bet on rates, by another mixture and other mathematics, holds the grid of bets against itself: the
/// one-sided mixture over a Beta prior, here integrated by Simpson's rule instead of by incomplete Beta functions.
class BetaBinomialTest {
    private static final int STEPS = 200_000;

    @ParameterizedTest
    @CsvSource({"1000, 965, .95, 1.161628, -2.916910", "1000, 970, .95, 3.439144, -3.146620",
        "1000, 930, .95, -3.642054, 2.468389"})
    void theMixtureIsTheReferencesAndSidesWithTheBets(int all, int good, double limit, double up, double down) {
        assertEquals(up, logOdds(all, all - good, 1 - limit, 0, 1 - limit), 2e-6);
        assertEquals(down, logOdds(all, all - good, 1 - limit, 1 - limit, 1), 2e-6);
        double betsUp = Bets.above(limit).logWealth(Sample.ofGood((long) all, good), limit);
        double betsDown = Bets.below(limit).logWealth(Sample.ofGood((long) all, good), limit);
        assertEquals(Math.signum(up), Math.signum(betsUp));
        assertEquals(Math.signum(down), Math.signum(betsDown));
        assertTrue(Math.abs(up - betsUp) < 2.1 && Math.abs(down - betsDown) < 1.7, betsUp + " " + betsDown);
    }

    /// Odds of bad rates between `from` and `to` against `limit` itself, under the prior's shape there.
    private static double logOdds(int all, int bad, double limit, double from, double to) {
        double strength = 1 / Math.min(limit, 1 - limit);
        double a = strength * limit;
        double b = strength * (1 - limit);
        double likelihood = bad * Math.log(limit) + (all - bad) * Math.log(1 - limit);
        double posterior = 0;
        double prior = 0;
        for (int i = 0; i <= STEPS; i++) {
            double rate = from + (to - from) * i / STEPS;
            double weight = i == 0 || i == STEPS ? 1 : i % 2 == 1 ? 4 : 2;
            double shape = power(rate, a - 1) * power(1 - rate, b - 1);
            prior += weight * shape;
            posterior += weight * shape
                    * Math.exp(
                            bad * Math.log(Math.max(rate, 1e-300)) + (all - bad) * Math.log(Math.max(1 - rate, 1e-300))
                                    - likelihood);
        }
        return Math.log(posterior / prior);
    }

    private static double power(double base, double exponent) {
        return exponent == 0 ? 1 : Math.pow(base, exponent);
    }
}
