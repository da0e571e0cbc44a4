package dev.understudy.benchmarks.verdict;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.understudy.verdict.Ranks;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RatioBoundariesTest {
    private static final int HORIZON = 20_000;

    @ParameterizedTest
    @CsvSource({"0.5, 0.05", "0.99, 0.05", "0.9, 0.01"})
    void theRanksWorkedOutOneByOneAreTheJudges(double quantile, double alpha) {
        RatioBoundaries boundaries = RatioBoundaries.of(quantile, 1.1, alpha, HORIZON);
        double logOdds = Math.log(2 / alpha);
        for (int size = 1; size <= HORIZON; size += 1 + size / 50) {
            assertEquals(Ranks.of(size, quantile, logOdds, logOdds), boundaries.at(size), "of " + size);
        }
    }
}
