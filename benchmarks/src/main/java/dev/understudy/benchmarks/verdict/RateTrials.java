package dev.understudy.benchmarks.verdict;

import dev.understudy.benchmarks.verdict.Boundaries.Stops;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;

/// Trials of rates: agreement, errors, quantiles of latency against a fixed limit. Stateless.
final class RateTrials {
    private static final long HORIZON = 100_000;
    /// Points of a canary judge's series, and runs of it.
    private static final int CANARY_POINTS = 100;
    private static final int CONTRASTS = 1_000;

    private RateTrials() {}

    /// The truth lies exactly on the limit, and someone looks after every request.
    static List<Finding> onTheLimit() {
        List<Finding> findings = new ArrayList<>();
        onTheLimit(findings, "latency p50", .5, .05, 1.645, 2_000);
        onTheLimit(findings, "agreement 95%", .95, .05, 1.645, 10_000);
        onTheLimit(findings, "agreement 95%", .95, .01, 2.326, 10_000);
        onTheLimit(findings, "latency p99", .99, .05, 1.645, 10_000);
        onTheLimit(findings, "latency p99", .99, .01, 2.326, 10_000);
        onTheLimit(findings, "errors 0.1%", .999, .05, 1.645, 10_000);
        return findings;
    }

    private static void onTheLimit(List<Finding> findings, String what, double limit, double alpha, double quantile,
            int runs) {
        double bad = 1 - limit;
        Boundaries ours = Boundaries.ofBets(limit, alpha, HORIZON, bad);
        Boundaries naive = Boundaries.ofNaive(limit, quantile, HORIZON, bad);
        String trial = what + ", alpha " + percent(alpha);
        List<Stops[]> stops = Chance.runs(trial, runs,
                chance -> new Stops[]{ours.run(chance, bad), naive.run(chance, bad)});
        List<CanaryJudge.Ever> canary = Chance.runs(trial, CONTRASTS, chance -> canary(chance, bad));
        findings.add(Finding.error(trial + ": ever passed", runs, count(stops, 0, Stops::passed), alpha,
                "z-test " + Finding.text((double) count(stops, 1, Stops::passed) / runs) + ", Kayenta's rule "
                        + Finding.text(
                                (double) canary.stream().filter(CanaryJudge.Ever::passed).count() / CONTRASTS)));
        findings.add(Finding.error(trial + ": ever failed", runs, count(stops, 0, Stops::failed), alpha,
                "z-test " + Finding.text((double) count(stops, 1, Stops::failed) / runs) + ", Kayenta's rule "
                        + Finding.text(
                                (double) canary.stream().filter(CanaryJudge.Ever::failed).count() / CONTRASTS)));
    }

    /// The same as a canary judge is shown it: how many of every thousand requests were bad. It knows no limit, so it is given
    /// a champion that lies on the limit too.
    private static CanaryJudge.Ever canary(Chance chance, double bad) {
        double[] champion = new double[CANARY_POINTS];
        double[] challenger = new double[CANARY_POINTS];
        for (int i = 0; i < CANARY_POINTS; i++) {
            champion[i] = chance.binomial((int) (HORIZON / CANARY_POINTS), bad);
            challenger[i] = chance.binomial((int) (HORIZON / CANARY_POINTS), bad);
        }
        return CanaryJudge.watched(champion, challenger);
    }

    private static long count(List<Stops[]> stops, int whose, ToLongFunction<Stops> when) {
        return stops.stream().filter(each -> when.applyAsLong(each[whose]) != Boundaries.NEVER).count();
    }

    /// The truth swings about the limit like day and night, and its average so far never lies above it.
    static List<Finding> drifting() {
        List<Finding> findings = new ArrayList<>();
        Boundaries ours = Boundaries.ofBets(.95, .05, HORIZON, .075);
        Boundaries naive = Boundaries.ofNaive(.95, 1.645, HORIZON, .075);
        for (int period : new int[]{5_000, 20_000}) {
            int runs = 2_000;
            String trial = String.format(Locale.ROOT, "agreement 95%%, a day of %,d requests", period);
            List<Stops[]> stops = Chance.runs(trial, runs, chance -> new Stops[]{swing(ours, chance, period),
                swing(naive, chance, period)});
            findings.add(Finding.error(trial + ": ever passed", runs, count(stops, 0, Stops::passed), .05,
                    "z-test " + Finding.text((double) count(stops, 1, Stops::passed) / runs)));
        }
        return findings;
    }

    private static Stops swing(Boundaries boundaries, Chance chance, int period) {
        return boundaries.run(chance, .075, at -> .05 * (1 + .5 * Math.sin(2 * Math.PI * at / period)));
    }

    /// How many requests it takes when there is something to see, in the median.
    static List<Finding> toDecide() {
        List<Finding> findings = new ArrayList<>();
        Boundaries agreement = Boundaries.ofBets(.95, .05, HORIZON, .1);
        toPass(findings, "agreement >= 95%", agreement, new double[]{.045, .04, .03, .02, .01, 0},
                new double[]{14_757, 3_469, 771, 265, 139, 83});
        toFail(findings, "agreement >= 95%", agreement, new double[]{.055, .06, .08, .1},
                new double[]{15_905, 3_993, 515, 193});
        toPass(findings, "latency p99", Boundaries.ofBets(.99, .05, HORIZON, .01), new double[]{.008, .005, .002, 0},
                new double[]{17_599, 2_325, 707, 422});
        toPass(findings, "errors <= 0.1%", Boundaries.ofBets(.999, .05, 1_000_000, .001),
                new double[]{.0008, .0005, .0002, 0}, new double[]{178_000, 23_300, 7_100, 4_239});
        toPass(findings, "latency p50", Boundaries.ofBets(.5, .05, 20_000, .5), new double[]{.45, .4, .3},
                new double[]{817, 200, 45});
        return findings;
    }

    private static void toPass(List<Finding> findings, String what, Boundaries boundaries, double[] bad,
            double[] reference) {
        for (int i = 0; i < bad.length; i++) {
            toDecide(findings, what + " passes at " + percent(bad[i]) + " bad", boundaries, bad[i], Stops::passed,
                    reference[i]);
        }
    }

    private static void toFail(List<Finding> findings, String what, Boundaries boundaries, double[] bad,
            double[] reference) {
        for (int i = 0; i < bad.length; i++) {
            toDecide(findings, what + " fails at " + percent(bad[i]) + " bad", boundaries, bad[i], Stops::failed,
                    reference[i]);
        }
    }

    private static void toDecide(List<Finding> findings, String trial, Boundaries boundaries, double bad,
            ToLongFunction<Stops> when, double reference) {
        int runs = 2_000;
        long[] stops = Chance.runs(trial, runs, chance -> boundaries.run(chance, bad)).stream().mapToLong(when).sorted()
                .toArray();
        findings.add(Finding.median(trial, runs, (double) stops[runs / 2], reference));
    }

    private static String percent(double share) {
        return new java.math.BigDecimal(Double.toString(share)).movePointRight(2).stripTrailingZeros().toPlainString()
                + "%";
    }
}
