package dev.understudy.benchmarks.verdict;

import dev.understudy.verdict.Bets;
import dev.understudy.verdict.Sample;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Trials of a gain in accuracy, judged on labelled pairs of answers. Stateless.
final class GainTrials {
    private GainTrials() {}

    /// When a run is first passed, first failed, and first passed by the textbook's test for pairs.
    private record Stops(long passed, long failed, long naive) {}

    /// Watched after every label. Looks that cannot decide, because no run of wins could have brought the bets so far, are
    /// left out.
    private static Stops run(Chance chance, double alpha, double gain, double better, double worse, long horizon,
            boolean all) {
        double limit = (1 + gain) / 2;
        Bets above = Bets.above(limit);
        Bets below = Bets.below(limit);
        double needed = Math.log(1 / alpha);
        double quantile = alpha < .05 ? 2.326 : 1.645;
        long[] counts = new long[3];
        long passed = Boundaries.NEVER;
        long failed = Boundaries.NEVER;
        long naive = Boundaries.NEVER;
        long lookUp = 1;
        long lookDown = 1;
        for (long at = 1; at <= horizon; at++) {
            double draw = chance.uniform();
            counts[draw < better ? 2 : draw < better + worse ? 0 : 1]++;
            if (naive == Boundaries.NEVER && at >= 30 && z(counts, at, gain) >= quantile) {
                naive = at;
            }
            if (passed == Boundaries.NEVER && at >= lookUp) {
                double odds = above.logWealth(Sample.ofPairs(counts[2], counts[1], counts[0]), limit);
                passed = odds >= needed ? at : passed;
                lookUp = at + Math.max(1, (long) Math.floor((needed - odds) / -Math.log(limit)));
            }
            if (all && failed == Boundaries.NEVER && at >= lookDown) {
                double odds = below.logWealth(Sample.ofPairs(counts[2], counts[1], counts[0]), limit);
                failed = odds >= needed ? at : failed;
                lookDown = at + Math.max(1, (long) Math.floor((needed - odds) / -Math.log(1 - limit)));
            }
            if (!all && passed != Boundaries.NEVER) {
                break;
            }
        }
        return new Stops(passed, failed, naive);
    }

    private static double z(long[] counts, long all, double gain) {
        double mean = (double) (counts[2] - counts[0]) / all;
        double variance = (double) (counts[2] + counts[0]) / all - mean * mean;
        return variance <= 0 ? 0 : (mean - gain) / Math.sqrt(variance / all);
    }

    /// The gain is exactly what is asked for.
    static List<Finding> onTheLimit() {
        int runs = 2_000;
        List<Finding> findings = new ArrayList<>();
        for (double alpha : new double[]{.05, .01}) {
            for (double worse : new double[]{.02, .05, .15}) {
                String trial = String.format(Locale.ROOT,
                        "gain 5 points, alpha %.0f%%, %.0f%% of pairs lost, 10,000 labels",
                        alpha * 100, worse * 100);
                List<Stops> stops = Chance.runs(trial, runs,
                        chance -> run(chance, alpha, .05, .05 + worse, worse, 10_000, true));
                long naive = stops.stream().filter(stop -> stop.naive() != Boundaries.NEVER).count();
                findings.add(Finding.error(trial + ": ever passed", runs,
                        stops.stream().filter(stop -> stop.passed() != Boundaries.NEVER).count(), alpha,
                        "paired z-test " + Finding.text((double) naive / runs)
                                + "; Kayenta's rule cannot ask for a gain"));
                findings.add(Finding.error(trial + ": ever failed", runs,
                        stops.stream().filter(stop -> stop.failed() != Boundaries.NEVER).count(), alpha, ""));
            }
        }
        return findings;
    }

    /// How many labels it takes when the gain is larger, in the median.
    static List<Finding> toDecide() {
        List<Finding> findings = new ArrayList<>();
        toDecide(findings, .05, new double[]{.07, .08, .1, .15}, new double[]{2_988, 1_472, 596, 149});
        toDecide(findings, 0, new double[]{.02, .03, .05}, new double[]{2_102, 1_086, 431});
        return findings;
    }

    private static void toDecide(List<Finding> findings, double gain, double[] truths, double[] references) {
        for (int i = 0; i < truths.length; i++) {
            double truth = truths[i];
            // Short runs are cheap, and their median moves in large steps.
            int runs = references[i] < 1_000 ? 8_000 : 2_000;
            String trial = String.format(Locale.ROOT, "gain >= %.0f points passes at %.0f", gain * 100, truth * 100);
            long[] stops = Chance.runs(trial, runs, chance -> run(chance, .05, gain, .05 + truth, .05, 100_000, false))
                    .stream()
                    .mapToLong(Stops::passed).sorted().toArray();
            findings.add(Finding.median(trial, runs, (double) stops[runs / 2], references[i]));
        }
    }
}
