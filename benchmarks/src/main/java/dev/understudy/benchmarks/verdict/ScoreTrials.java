package dev.understudy.benchmarks.verdict;

import dev.understudy.verdict.Bets;
import dev.understudy.verdict.Sample;
import java.util.List;

/// Trials of a mean score: from 0 to 1, drawn from a beta distribution with the mean .90 and the standard deviation .10.
/// Stateless.
final class ScoreTrials {
    private static final double MEAN_SHAPE = 7.2;
    private static final double REST_SHAPE = .8;
    private static final int STEPS = 1_000;

    private ScoreTrials() {}

    /// How many scores it takes until a mean is shown to lie above a limit, looked at after each, in the median.
    static List<Finding> toDecide() {
        return List.of(toDecide(.88, 2_000, 233), toDecide(.895, 2_000, 2_693));
    }

    private static Finding toDecide(double limit, int runs, double reference) {
        String trial = "mean score >= " + limit + " passes at .90";
        long[] stops = Chance.runs(trial, runs, chance -> passes(chance, limit)).stream().mapToLong(at -> at).sorted()
                .toArray();
        return Finding.median(trial, runs, (double) stops[runs / 2], reference);
    }

    /// Looks that cannot decide, because no run of best scores could have brought the bets so far, are left out.
    private static long passes(Chance chance, double limit) {
        Bets bets = Bets.above(limit);
        double needed = Math.log(20);
        long[] counts = new long[STEPS + 1];
        long look = 1;
        for (long at = 1; at <= 60_000; at++) {
            // As the evidence does it: up or down by chance, so that the mean stays.
            counts[(int) Math.floor(chance.beta(MEAN_SHAPE, REST_SHAPE) * STEPS + chance.uniform())]++;
            if (at >= look) {
                double odds = bets.logWealth(Sample.ofScores(counts), limit);
                if (odds >= needed) {
                    return at;
                }
                look = at + Math.max(1, (long) Math.floor((needed - odds) / -Math.log(limit)));
            }
        }
        return Boundaries.NEVER;
    }
}
