package dev.understudy.benchmarks.verdict;

import dev.understudy.diff.Difference;
import dev.understudy.verdict.Criteria;
import dev.understudy.verdict.Observation.Rerun;
import dev.understudy.verdict.Outcome;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// Trials of the challenger's latency against the champion's, and what a canary judge makes of the same times: log-normal,
/// with a standard deviation of 0.3 of the logarithm. Stateless.
final class LatencyTrials {
    private static final double SPREAD = .3;
    private static final List<Difference> AGREES = List.of(new Difference(List.of()));

    private LatencyTrials() {}

    /// The challenger is slower by exactly what is allowed, and seen at 20 looks up to 20,000 re-runs.
    static List<Finding> onTheLimit() {
        List<Finding> findings = new ArrayList<>();
        for (String quantile : new String[]{"p50", "p99"}) {
            for (double correlation : new double[]{0, .8}) {
                Criteria criteria = Trial.criteria("correct_for_bursts: []",
                        "latency_" + quantile + ": {at_most: 1.1x champion}");
                int runs = 200;
                String trial = String.format(Locale.ROOT, "latency %s exactly 1.1 times, correlation %.1f", quantile,
                        correlation);
                long passed = Chance
                        .runs(trial, runs, chance -> everPasses(chance, criteria, correlation, 1.1, 20_000, 20))
                        .stream().filter(each -> each).count();
                findings.add(Finding.error(trial + ": ever passed", runs, passed, .05, "reference 0"));
            }
        }
        return findings;
    }

    private static boolean everPasses(Chance chance, Criteria criteria, double correlation, double ratio, int reruns,
            int looks) {
        Trial trial = new Trial(criteria);
        double growth = Math.pow(reruns / 100.0, 1.0 / (looks - 1));
        double next = 100;
        for (int i = 1; i <= reruns; i++) {
            trial.evidence().take(rerun(chance, correlation, ratio));
            if (i >= next) {
                next *= growth;
                if (trial.outcome(1) == Outcome.PASS) {
                    return true;
                }
            }
        }
        return false;
    }

    private static Rerun rerun(Chance chance, double correlation, double ratio) {
        double champion = chance.normal();
        double challenger = correlation * champion + Math.sqrt(1 - correlation * correlation) * chance.normal();
        return new Rerun(0, null, AGREES, AGREES, (long) (ratio * 1e7 * Math.exp(SPREAD * challenger)),
                (long) (1e7 * Math.exp(SPREAD * champion)));
    }

    /// A challenger that is 10% slower where 5% are allowed, and one that is the same.
    static List<Finding> besideCanaryJudges() {
        List<Finding> findings = new ArrayList<>();
        Criteria criteria = Trial.criteria("correct_for_bursts: []", "latency_p50: {at_most: 1.05x champion}");
        int runs = 200;
        String contrast = "Kayenta's rule says pass with 50 / 100 / 200 / 500 / 1,000 values: ";
        List<String> passes = new ArrayList<>();
        for (int size : new int[]{50, 100, 200, 500, 1_000}) {
            passes.add(Finding.text((double) Chance.runs("canary " + size, runs,
                    chance -> CanaryJudge.passes(times(chance, size, 1), times(chance, size, 1.1))).stream()
                    .filter(each -> each).count() / runs));
        }
        long ours = Chance.runs("10% slower", runs, chance -> everPasses(chance, criteria, 0, 1.1, 1_000, 25)).stream()
                .filter(each -> each).count();
        findings.add(
                Finding.error("latency p50 10% slower, limit 5%, up to 1,000 re-runs: ever passed", runs, ours, .05,
                        contrast + String.join(" / ", passes)));
        Criteria same = Trial.criteria("correct_for_bursts: []", "latency_p50: {at_most: 1.01x champion}");
        long failed = Chance.runs("same", runs, chance -> everFails(chance, same)).stream().filter(each -> each)
                .count();
        findings.add(Finding.error("the same latencies, limit 1%, 50 looks: ever failed", runs, failed, .05,
                "Mann-Whitney at 2% sees a difference at 1 look " + Finding.text(falseAlarms(runs, 1))
                        + ", at any of 100 "
                        + Finding.text(falseAlarms(runs, 100))));
        return findings;
    }

    private static boolean everFails(Chance chance, Criteria criteria) {
        Trial trial = new Trial(criteria);
        boolean failed = false;
        for (int i = 1; i <= 2_000; i++) {
            trial.evidence().take(rerun(chance, 0, 1));
            failed |= i % 40 == 0 && trial.outcome(1) == Outcome.FAIL;
        }
        return failed;
    }

    private static double falseAlarms(int runs, int looks) {
        return (double) Chance.runs("Mann-Whitney", runs, chance -> {
            double[] champion = times(chance, 2_000, 1);
            double[] challenger = times(chance, 2_000, 1);
            for (int look = 1; look <= looks; look++) {
                int seen = 2_000 * look / looks;
                if (CanaryJudge.differs(Arrays.copyOf(champion, seen), Arrays.copyOf(challenger, seen))) {
                    return true;
                }
            }
            return false;
        }).stream().filter(each -> each).count() / runs;
    }

    private static double[] times(Chance chance, int size, double ratio) {
        double[] times = new double[size];
        for (int i = 0; i < size; i++) {
            times[i] = ratio * Math.exp(SPREAD * chance.normal());
        }
        return times;
    }
}
