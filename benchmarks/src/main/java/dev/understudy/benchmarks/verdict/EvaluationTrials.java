package dev.understudy.benchmarks.verdict;

import dev.understudy.verdict.Criteria;
import dev.understudy.verdict.Decision;
import dev.understudy.verdict.Evidence;
import dev.understudy.verdict.Observation.Memory;
import dev.understudy.verdict.Outcome;
import dev.understudy.verdict.SegmentResult;
import dev.understudy.verdict.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Trials of whole evaluations: the champion against itself, segments, memory, replicas. Stateless.
final class EvaluationTrials {
    private EvaluationTrials() {}

    /// A day of the champion against itself, which by chance answers otherwise in another batch shape: 10,000 re-runs, 1 in
    /// 20 of the requests.
    static List<Finding> againstItself() {
        Criteria criteria = Trial.criteria("", "extra_disagreement: {at_most: 5 points}",
                "extra_errors: {at_most: 0.1 points}",
                "typical_latency: {at_most: 1.1x champion}");
        int runs = 500;
        List<Finding> findings = new ArrayList<>();
        for (double noise : new double[]{0, .029, .08}) {
            String trial = String.format(Locale.ROOT, "champion against itself, 24 h, %.1f%% noise", noise * 100);
            List<boolean[]> ended = Chance.runs(trial, runs, chance -> day(chance, criteria, noise));
            findings.add(
                    Finding.error(trial + ": ever rejected", runs, ended.stream().filter(each -> each[0]).count(), .05,
                            String.format(Locale.ROOT, "agreement itself is %.1f%%", 100 * (1 - noise))));
            findings.add(Finding.right(trial + ": promoted after the day", runs,
                    ended.stream().filter(each -> each[1]).count(), .99, ""));
        }
        return findings;
    }

    private static boolean[] day(Chance chance, Criteria criteria, double noise) {
        Trial trial = new Trial(criteria);
        boolean rejected = false;
        for (int minute = 0; minute < 1440; minute++) {
            int reruns = 7;
            // One of the two runs differs from the first answer, as often the one as the other.
            int better = chance.binomial(reruns, noise / 2);
            int worse = Math.min(reruns - better, chance.binomial(reruns, noise / 2));
            trial.count(0, minute, "", better, reruns - better - worse, worse);
            trial.count(1, minute, "", 0, 140, 0);
            int slower = chance.binomial(reruns, .25);
            trial.count(2, minute, "", reruns - slower, 0, slower);
            if (minute % 30 == 29) {
                rejected |= trial.verdict(minute + 1).decision() == Decision.REJECT;
            }
        }
        return new boolean[]{rejected, trial.verdict(1440).decision() == Decision.PROMOTE};
    }

    /// Four criteria, of which all, one or none have the truth on the limit.
    static List<Finding> severalCriteria() {
        Criteria criteria = Trial.criteria("correct_for_bursts: []", "agreement: {at_least: 95%}",
                "errors: {at_most: 1%}",
                "accuracy: {at_least: 90%}", "latency_p50: {at_most: 100ms}");
        double[] limits = {.05, .01, .1, .5};
        double[] better = {.02, .002, .05, .4};
        int runs = 400;
        List<boolean[]> all = Chance.runs("all four", runs, chance -> decided(chance, criteria, limits));
        List<boolean[]> one = Chance.runs("one of four", runs,
                chance -> decided(chance, criteria, new double[]{.05, .002, .05, .4}));
        List<boolean[]> none = Chance.runs("none of four", runs, chance -> decided(chance, criteria, better));
        return List.of(
                Finding.error("all 4 criteria on the limit: ever promoted", runs, ever(all, 0), .05, "reference 0"),
                Finding.error("all 4 criteria on the limit: ever rejected", runs, ever(all, 1), .05,
                        "reference .005 to .020"),
                Finding.error("1 of 4 criteria on the limit: ever promoted", runs, ever(one, 0), .05,
                        "reference .008 to .033"),
                Finding.right("all 4 criteria better: promoted by 100,000 requests", runs, ever(none, 0), .99,
                        "reference 1.0"));
    }

    private static long ever(List<boolean[]> ended, int what) {
        return ended.stream().filter(each -> each[what]).count();
    }

    private static boolean[] decided(Chance chance, Criteria criteria, double[] badRates) {
        Trial trial = new Trial(criteria);
        boolean promoted = false;
        boolean rejected = false;
        int seen = 0;
        for (int minute = 0; minute < 60; minute++) {
            int until = (int) (100 * Math.pow(1_000, minute / 59.0));
            for (int criterion = 0; criterion < badRates.length; criterion++) {
                int bad = chance.binomial(until - seen, badRates[criterion]);
                trial.count(criterion, minute, "", until - seen - bad, 0, bad);
            }
            seen = until;
            Decision decision = trial.verdict(minute + 1).decision();
            promoted |= decision == Decision.PROMOTE;
            rejected |= decision == Decision.REJECT;
        }
        return new boolean[]{promoted, rejected};
    }

    /// Twenty segments with the truth on the limit, or two of them clearly worse.
    static List<Finding> segments() {
        Criteria criteria = Trial.criteria("", "agreement: {at_least: 95%}");
        int runs = 300;
        String trial = "20 segments of 5,000 requests, 2 at 90%, the rest at 95%";
        List<int[]> flagged = Chance.runs(trial, runs, chance -> {
            Trial each = new Trial(criteria);
            boolean falsely = false;
            int found = 0;
            for (int minute = 0; minute < 50; minute++) {
                for (int segment = 0; segment < 20; segment++) {
                    int bad = chance.binomial(100, segment % 10 == 7 ? .1 : .05);
                    each.count(0, minute, "s" + segment, 100 - bad, 0, bad);
                }
                Verdict verdict = each.verdict(minute + 1);
                List<String> failing = verdict.segments().stream().filter(SegmentResult::failing)
                        .map(SegmentResult::segment).toList();
                falsely |= failing.stream().anyMatch(name -> !name.endsWith("7"));
                found = (int) failing.stream().filter(name -> name.endsWith("7")).count();
            }
            return new int[]{falsely ? 1 : 0, found};
        });
        return List.of(
                Finding.error(trial + ": any other ever flagged", runs,
                        flagged.stream().filter(each -> each[0] == 1).count(),
                        .05, "reference .005"),
                Finding.right(trial + ": both found", runs, flagged.stream().filter(each -> each[1] == 2).count(), .99,
                        "reference 1.0"));
    }

    /// Memory that grows exactly as the limit allows, under correlated noise.
    static List<Finding> memory() {
        int runs = 1_000;
        List<Finding> findings = new ArrayList<>();
        Criteria criteria = Trial.criteria("", "memory_growth: {at_most: 2MB/h, over: 72h}");
        for (double correlation : new double[]{0, .5, .97}) {
            String trial = String.format(Locale.ROOT, "memory grows by the limit, 72 h, AR(1) %.2f", correlation);
            List<boolean[]> ended = Chance.runs(trial, runs, chance -> grow(chance, criteria, correlation, 2e6));
            findings.add(
                    Finding.error(trial + ": ever passed", runs, ended.stream().filter(each -> each[0]).count(), .05,
                            ""));
            findings.add(
                    Finding.error(trial + ": ever failed", runs, ended.stream().filter(each -> each[1]).count(), .05,
                            ""));
        }
        List<boolean[]> still = Chance.runs("no growth", runs, chance -> grow(chance, criteria, .5, 0));
        findings.add(Finding.right("no growth, limit 2 MB/h, 72 h, AR(1) 0.50: passed", runs,
                still.stream().filter(each -> each[0]).count(), .95,
                "reference .996, without waiting for the whole period"));
        return findings;
    }

    private static boolean[] grow(Chance chance, Criteria criteria, double correlation, double bytesPerHour) {
        Trial trial = new Trial(criteria);
        double noise = 3.5e6 * chance.normal();
        boolean passed = false;
        boolean failed = false;
        for (int minute = 0; minute < 72 * 60; minute += 10) {
            trial.evidence().take(new Memory(minute, null, (long) (1e9 + bytesPerHour * minute / 60 + noise)));
            noise = correlation * noise + 3.5e6 * Math.sqrt(1 - correlation * correlation) * chance.normal();
            if ((minute + 10) % 240 == 0) {
                Outcome outcome = trial.outcome(minute + 10);
                passed |= outcome == Outcome.PASS;
                failed |= outcome == Outcome.FAIL;
            }
        }
        return new boolean[]{passed, failed};
    }

    /// Eight replicas whose evidence is added, with the truth on the limit.
    static List<Finding> replicas() {
        Criteria criteria = Trial.criteria("", "agreement: {at_least: 95%}");
        int runs = 500;
        String trial = "8 replicas added, agreement exactly 95%, 100,000 requests";
        List<Boolean> passed = Chance.runs(trial, runs, chance -> {
            Trial[] replicas = new Trial[8];
            for (int i = 0; i < replicas.length; i++) {
                replicas[i] = new Trial(criteria);
            }
            boolean ever = false;
            for (int minute = 0; minute < 125; minute++) {
                Evidence all = new Evidence(criteria);
                for (Trial replica : replicas) {
                    int bad = chance.binomial(100, .05);
                    replica.count(0, minute, "", 100 - bad, 0, bad);
                    all.add(replica.evidence());
                }
                Trial merged = new Trial(criteria);
                merged.evidence().add(all);
                ever |= merged.outcome(minute + 1) == Outcome.PASS;
            }
            return ever;
        });
        return List.of(Finding.error(trial + ": ever passed", runs, passed.stream().filter(each -> each).count(), .05,
                "reference .031"));
    }
}
