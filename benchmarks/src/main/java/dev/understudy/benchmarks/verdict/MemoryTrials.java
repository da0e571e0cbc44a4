package dev.understudy.benchmarks.verdict;

import dev.understudy.verdict.Criteria;
import dev.understudy.verdict.CriterionResult;
import dev.understudy.verdict.Observation.Memory;
import dev.understudy.verdict.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Trials of memory that grows, watched for 72 hours, with a noise of 3.5 MB about the growth. Stateless.
final class MemoryTrials {
    private static final double NOISE_BYTES = 3.5e6;

    private MemoryTrials() {}

    /// What ever came of a run, looked at as often as a window is over.
    ///
    /// @param passed the criterion passed
    /// @param failed it failed
    /// @param enough there were votes enough to pass, whether the period was over or not
    private record Ever(boolean passed, boolean failed, boolean enough) {}

    /// Memory that grows exactly as the limit allows, under correlated noise.
    static List<Finding> onTheLimit() {
        int runs = 1_000;
        List<Finding> findings = new ArrayList<>();
        Criteria criteria = Trial.criteria("", "memory_growth: {at_most: 2MB/h, over: 72h}");
        for (double correlation : new double[]{0, .5, .97}) {
            String trial = String.format(Locale.ROOT, "memory grows by the limit, 72 h, AR(1) %.2f", correlation);
            List<Ever> ended = Chance.runs(trial, runs, chance -> grow(chance, criteria, correlation, 2e6));
            findings.add(
                    Finding.error(trial + ": ever passed", runs, ended.stream().filter(Ever::passed).count(), .05,
                            ""));
            findings.add(
                    Finding.error(trial + ": ever failed", runs, ended.stream().filter(Ever::failed).count(), .05,
                            ""));
        }
        return findings;
    }

    /// How often there is enough to decide within the period when the truth is better, or worse, than the limit. The reference
    /// passes without waiting for the period to be over, so it is held against the votes.
    static List<Finding> toDecide() {
        int runs = 2_000;
        List<Finding> findings = new ArrayList<>();
        for (int limit = 2; limit >= 1; limit--) {
            Criteria criteria = Trial.criteria("", "memory_growth: {at_most: " + limit + "MB/h, over: 72h}");
            String trial = "no growth, limit " + limit + " MB/h, 72 h, AR(1) 0.50";
            List<Ever> ended = Chance.runs(trial, runs, chance -> grow(chance, criteria, .5, 0));
            findings.add(Finding.decided(trial + ": votes enough to pass", runs,
                    ended.stream().filter(Ever::enough).count(), limit == 2 ? .996 : .627));
            findings.add(Finding.shown(trial + ": passed when the period was over", runs,
                    (double) ended.stream().filter(Ever::passed).count() / runs, ""));
        }
        Criteria criteria = Trial.criteria("", "memory_growth: {at_most: 1MB/h, over: 72h}");
        String leak = "a leak of 3 MB/h, limit 1 MB/h, 72 h, AR(1) 0.50";
        findings.add(Finding.decided(leak + ": failed", runs, Chance.runs(leak, runs,
                chance -> grow(chance, criteria, .5, 3e6)).stream().filter(Ever::failed).count(), .997));
        findings.add(Finding.right("a limit of 0.5 MB/h over 72 h: refused when declared", 1,
                refused("memory_growth: {at_most: 0.5MB/h, over: 72h}") ? 1 : 0, 1,
                "the reference would pass no growth in .170 of the runs"));
        return findings;
    }

    private static boolean refused(String criterion) {
        try {
            Trial.criteria("", criterion);
            return false;
        } catch (IllegalArgumentException e) {
            return String.valueOf(e.getMessage()).contains("memory_growth");
        }
    }

    private static Ever grow(Chance chance, Criteria criteria, double correlation, double bytesPerHour) {
        Trial trial = new Trial(criteria);
        double noise = NOISE_BYTES * chance.normal();
        boolean passed = false;
        boolean failed = false;
        boolean enough = false;
        for (int minute = 0; minute < 72 * 60; minute += 10) {
            trial.evidence().take(new Memory(minute, null, (long) (1e9 + bytesPerHour * minute / 60 + noise)));
            noise = correlation * noise + NOISE_BYTES * Math.sqrt(1 - correlation * correlation) * chance.normal();
            if ((minute + 10) % 240 == 0) {
                CriterionResult result = trial.verdict(minute + 10).criteria().getFirst();
                passed |= result.outcome() == Outcome.PASS;
                failed |= result.outcome() == Outcome.FAIL;
                enough |= result.passOdds() >= result.passOddsNeeded();
            }
        }
        return new Ever(passed, failed, enough);
    }
}
