package dev.understudy.benchmarks.verdict;

import dev.understudy.verdict.Criteria;
import dev.understudy.verdict.Decision;
import dev.understudy.verdict.Evidence;
import dev.understudy.verdict.Outcome;
import dev.understudy.verdict.SegmentResult;
import dev.understudy.verdict.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/// Trials of whole evaluations: several criteria, segments, replicas. Stateless.
final class EvaluationTrials {
    private EvaluationTrials() {}

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

    /// The same eight with a truth that is better, looked at as often as there is 1% more to see.
    static List<Finding> replicasToDecide() {
        Criteria criteria = Trial.criteria("", "agreement: {at_least: 95%}");
        int runs = 400;
        String trial = "8 replicas added, agreement >= 95%, passes at 4% bad";
        long[] stops = Chance.runs(trial, runs, chance -> replicasPass(chance, criteria)).stream().mapToLong(at -> at)
                .sorted().toArray();
        return List.of(Finding.median(trial, runs, (double) stops[runs / 2], 3_688));
    }

    private static long replicasPass(Chance chance, Criteria criteria) {
        List<Trial> replicas = Stream.generate(() -> new Trial(criteria)).limit(8).toList();
        int each = 10;
        int seen = 0;
        while (each <= 12_500) {
            Trial merged = new Trial(criteria);
            for (Trial replica : replicas) {
                int bad = chance.binomial(each - seen, .04);
                replica.count(0, 0, "", each - seen - bad, 0, bad);
                merged.evidence().add(replica.evidence());
            }
            if (merged.outcome(1) == Outcome.PASS) {
                return 8L * each;
            }
            seen = each;
            each = Math.max(each + 1, (int) (each * 1.01));
        }
        return Boundaries.NEVER;
    }
}
