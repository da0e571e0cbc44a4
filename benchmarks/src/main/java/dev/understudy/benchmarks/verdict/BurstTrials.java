package dev.understudy.benchmarks.verdict;

import dev.understudy.verdict.Criteria;
import dev.understudy.verdict.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Trials of a p99 whose truth in the long run lies exactly on the limit, under traffic that comes in bursts: good and
/// bad spells of random length, four fifths of the time good with 0.2% slow requests, one fifth bad with 4.2%. Stateless.
final class BurstTrials {
    private static final int PER_MINUTE = 1_000;
    private static final int STEPS = 20;
    private static final double SLOW_IN_GOOD = .002;
    private static final double SLOW_IN_BAD = .042;
    private static final int RUNS = 600;
    private static final Criteria CORRECTED = Trial.criteria("", "latency_p99: {at_most: 100ms}");
    private static final Criteria EACH_COUNTS = Trial.criteria("correct_for_bursts: []",
            "latency_p99: {at_most: 100ms}");

    private BurstTrials() {}

    private record Wrong(boolean passed, boolean failed) {}

    static List<Finding> findings() {
        List<Finding> findings = new ArrayList<>();
        watched(findings, EACH_COUNTS, "each request counts", 2, 1, 100, false);
        watched(findings, CORRECTED, "effective counts", .2, 30, 100, true);
        watched(findings, CORRECTED, "effective counts", 2, 30, 100, true);
        watched(findings, CORRECTED, "effective counts", 10, 30, 100, false);
        watched(findings, CORRECTED, "effective counts", 40, 30, 100, false);
        watched(findings, CORRECTED, "effective counts, 10 cycles watched", 10, 100, 300, true);
        watched(findings, CORRECTED, "effective counts, 10 cycles watched", 40, 400, 1_200, true);
        watched(findings, CORRECTED, "effective counts, 10 cycles watched", 120, 1_200, 2_880, true);
        return findings;
    }

    private static void watched(List<Finding> findings, Criteria criteria, String how, double cycleMinutes, int from,
            int to,
            boolean held) {
        String trial = String.format(Locale.ROOT, "%s, cycle %s min, minutes %d to %,d", how,
                String.valueOf(cycleMinutes).replaceAll("\\.0$", ""), from, to);
        List<Wrong> wrong = Chance.runs(trial, RUNS, chance -> run(chance, criteria, cycleMinutes, from, to));
        long passed = wrong.stream().filter(Wrong::passed).count();
        long failed = wrong.stream().filter(Wrong::failed).count();
        if (held) {
            findings.add(Finding.error(trial + ": ever passed", RUNS, passed, .05, ""));
            findings.add(Finding.error(trial + ": ever failed", RUNS, failed, .05, ""));
        } else {
            findings.add(Finding.shown(trial + ": ever passed or failed", RUNS,
                    (double) wrong.stream().filter(each -> each.passed() || each.failed()).count() / RUNS,
                    "shows why"));
        }
    }

    /// Looks once a minute at first, and then whenever the time has grown by a fiftieth: in the middle of the minute and at its
    /// end, since nobody waits with looking for a minute to be over.
    private static Wrong run(Chance chance, Criteria criteria, double cycleMinutes, int from, int to) {
        Trial trial = new Trial(criteria);
        boolean passed = false;
        boolean failed = false;
        boolean bad = chance.uniform() < .2;
        double left = chance.exponential(cycleMinutes * (bad ? .2 : .8));
        int next = from;
        for (int minute = 0; minute < to; minute++) {
            boolean looks = minute + 1 >= next;
            int slow = 0;
            for (int step = 0; step < STEPS; step++) {
                if (step == STEPS / 2) {
                    trial.count(0, minute, "", PER_MINUTE / 2 - slow, 0, slow);
                    slow = 0;
                    if (looks && minute >= from) {
                        Outcome outcome = trial.outcome(minute);
                        passed |= outcome == Outcome.PASS;
                        failed |= outcome == Outcome.FAIL;
                    }
                }
                slow += chance.binomial(PER_MINUTE / STEPS, bad ? SLOW_IN_BAD : SLOW_IN_GOOD);
                left -= 1.0 / STEPS;
                while (left <= 0) {
                    bad = !bad;
                    left += chance.exponential(cycleMinutes * (bad ? .2 : .8));
                }
            }
            trial.count(0, minute, "", PER_MINUTE / 2 - slow, 0, slow);
            if (looks) {
                next = Math.max(minute + 2, (int) ((minute + 1) * 1.02));
                Outcome outcome = trial.outcome(minute + 1);
                passed |= outcome == Outcome.PASS;
                failed |= outcome == Outcome.FAIL;
            }
        }
        return new Wrong(passed, failed);
    }
}
