package dev.understudy.benchmarks.verdict;

import dev.understudy.benchmarks.verdict.Boundaries.Stops;
import dev.understudy.verdict.Criteria;
import dev.understudy.verdict.Outcome;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;

/// Trials of the challenger's latency against the champion's, and what a canary judge makes of the same times: log-normal,
/// with a standard deviation of 0.5 of the logarithm. The reference does not say how its times were spread; with this,
/// Kayenta's rule passes as often as it does there. Stateless.
final class LatencyTrials {
    /// Runs of a rule that is shown for contrast.
    private static final int CONTRASTS = 200;

    private LatencyTrials() {}

    /// After how many re-runs the judge first passes and first fails a challenger that is looked at after every one of them.
    private static final class Watched {
        private static final double SKIP = 1.01;

        private final PairedTimes times;
        private final Trial trial;
        private int taken;
        private int next;

        Watched(PairedTimes times, Criteria criteria) {
            this.times = times;
            trial = new Trial(criteria);
        }

        /// Puts it to the judge, once the boundaries let it through. Where the judge disagrees because its bins are coarser, it is
        /// asked again when there is 1% more to see.
        boolean judged(int size, Outcome outcome) {
            if (size < next) {
                return false;
            }
            for (; taken < size; taken++) {
                trial.evidence().take(times.rerun(taken));
            }
            next = (int) Math.ceil(size * SKIP);
            return trial.outcome(1) == outcome;
        }
    }

    private static Stops watch(PairedTimes times, RatioBoundaries boundaries, Criteria criteria, boolean failsToo) {
        SortedSoFar challenger = times.challenger();
        SortedSoFar champion = times.champion();
        Watched watched = new Watched(times, criteria);
        long passed = Boundaries.NEVER;
        long failed = Boundaries.NEVER;
        for (int size = 1; size <= times.size(); size++) {
            challenger.next();
            champion.next();
            if (passed == Boundaries.NEVER && boundaries.mayPass(challenger, champion)
                    && watched.judged(size, Outcome.PASS)) {
                passed = size;
            }
            if (failsToo && failed == Boundaries.NEVER && boundaries.mayFail(challenger, champion)
                    && watched.judged(size, Outcome.FAIL)) {
                failed = size;
            }
            if (!failsToo && passed != Boundaries.NEVER) {
                break;
            }
        }
        return new Stops(passed, failed);
    }

    private static Criteria within(double ratio, String quantile) {
        return Trial.criteria("correct_for_bursts: []",
                "latency_" + quantile + ": {at_most: " + ratio + "x champion}");
    }

    /// The challenger is slower by exactly what is allowed, and looked at after each of 20,000 re-runs.
    static List<Finding> onTheLimit() {
        List<Finding> findings = new ArrayList<>();
        int reruns = 20_000;
        int runs = 2_000;
        for (String quantile : List.of("p50", "p99")) {
            RatioBoundaries boundaries = RatioBoundaries.of(quantile.equals("p50") ? .5 : .99, 1.1, .05, reruns);
            for (double correlation : new double[]{0, .8}) {
                String trial = String.format(Locale.ROOT, "latency %s exactly 1.1 times, correlation %.1f", quantile,
                        correlation);
                List<Stops> stops = Chance.runs(trial, runs, chance -> watch(
                        PairedTimes.of(chance, correlation, 1.1, reruns), boundaries, within(1.1, quantile), true));
                double canary = (double) Chance.runs(trial, CONTRASTS,
                        chance -> PairedTimes.of(chance, correlation, 1.1, reruns).everPassesCanary()).stream()
                        .filter(each -> each).count() / CONTRASTS;
                findings.add(Finding.error(trial + ": ever passed", runs, count(stops, Stops::passed), .05,
                        "Kayenta's rule, 10 looks, " + Finding.text(canary)));
                findings.add(Finding.error(trial + ": ever failed", runs, count(stops, Stops::failed), .05, ""));
            }
        }
        return findings;
    }

    private static long count(List<Stops> stops, ToLongFunction<Stops> when) {
        return stops.stream().filter(each -> when.applyAsLong(each) != Boundaries.NEVER).count();
    }

    /// How many re-runs it takes when the challenger is as fast as the champion, and 1.1 times is allowed.
    static List<Finding> toDecide() {
        return List.of(toDecide("p50", .5, 1_000, 20_000, 2_371), toDecide("p99", .99, 300, 80_000, 18_500));
    }

    private static Finding toDecide(String quantile, double share, int runs, int horizon, double reference) {
        RatioBoundaries boundaries = RatioBoundaries.of(share, 1.1, .05, horizon);
        String trial = "latency " + quantile + " within 1.1 times passes at 1.0";
        long[] stops = Chance.runs(trial, runs,
                chance -> watch(PairedTimes.of(chance, .8, 1, horizon), boundaries, within(1.1, quantile), false))
                .stream().mapToLong(Stops::passed).sorted().toArray();
        return Finding.median(trial, runs, (double) stops[runs / 2], reference);
    }

    private static boolean everPasses(Chance chance, Criteria criteria, double ratio, int reruns, int looks) {
        Trial trial = new Trial(criteria);
        PairedTimes times = PairedTimes.of(chance, 0, ratio, reruns);
        double growth = Math.pow(reruns / 100.0, 1.0 / (looks - 1));
        double next = 100;
        for (int i = 0; i < reruns; i++) {
            trial.evidence().take(times.rerun(i));
            if (i + 1 >= next) {
                next *= growth;
                if (trial.outcome(1) == Outcome.PASS) {
                    return true;
                }
            }
        }
        return false;
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
        long ours = Chance.runs("10% slower", runs, chance -> everPasses(chance, criteria, 1.1, 1_000, 25)).stream()
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
        PairedTimes times = PairedTimes.of(chance, 0, 1, 2_000);
        boolean failed = false;
        for (int i = 0; i < 2_000; i++) {
            trial.evidence().take(times.rerun(i));
            failed |= i % 40 == 39 && trial.outcome(1) == Outcome.FAIL;
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
            times[i] = ratio * Math.exp(PairedTimes.SPREAD * chance.normal());
        }
        return times;
    }
}
