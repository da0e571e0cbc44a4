package dev.understudy.benchmarks.verdict;

import dev.understudy.diff.Difference;
import dev.understudy.diff.OutputDifference.Structural;
import dev.understudy.verdict.Criteria;
import dev.understudy.verdict.CriterionResult;
import dev.understudy.verdict.Decision;
import dev.understudy.verdict.Observation.Probed;
import dev.understudy.verdict.Observation.Rerun;
import dev.understudy.verdict.Outcome;
import dev.understudy.verdict.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Trials of a champion that is its own challenger: a day of 140 requests a minute, of which 1 in 20 is re-run, judged with
/// everything that is on by default and looked at every hour. Stateless.
///
/// Slow minutes make the times of a minute alike, which the correction for bursts takes for what it is: it leaves the quantiles
/// of 10,000 re-runs as wide as those of some 600 would be, so their ratio is given 1.5 times. The typical request, judged pair by
/// pair, is not touched by it and is given 1.1 times.
///
/// The two runs of a re-run are in one batch, of 1 to 32 rows, whose size changes some answers and all times. Minutes are slow or
/// fast for both; whichever runs second is faster, and a coin says who that is.
final class AgainstItselfTrials {
    private static final int MINUTES = 1440;
    private static final int REQUESTS = 140;
    private static final int RERUNS = 7;
    private static final int PROBES = 3;
    private static final int RUNS = 200;
    private static final double SPREAD = .3;
    private static final Difference SAME = new Difference(List.of());
    private static final Difference OTHER = new Difference(List.of(new Structural("answer", "another")));
    private static final Criteria CRITERIA = Trial.criteria("", "extra_disagreement: {at_most: 5 points}",
            "extra_errors: {at_most: 0.1 points}", "typical_latency: {at_most: 1.1x champion}",
            "latency_p50: {at_most: 1.5x champion}", "latency_p99: {at_most: 100ms}");

    private AgainstItselfTrials() {}

    /// @param rejected    ever
    /// @param different   ever shown to differ: an interval of what should be no difference leaves it out
    /// @param promoted    when the day was over
    private record Day(boolean rejected, boolean different, boolean promoted) {}

    static List<Finding> findings() {
        List<Finding> findings = new ArrayList<>();
        for (double noise : new double[]{0, .029, .08}) {
            String trial = String.format(Locale.ROOT, "champion against itself, 24 h, %.1f%% noise", noise * 100);
            List<Day> days = Chance.runs(trial, RUNS, chance -> day(chance, noise));
            findings.add(Finding.error(trial + ": ever rejected", RUNS, days.stream().filter(Day::rejected).count(),
                    .05, String.format(Locale.ROOT, "agreement itself is %.1f%%", 100 * (1 - noise))));
            findings.add(Finding.error(trial + ": ever shown to differ", RUNS,
                    days.stream().filter(Day::different).count(), .05, ""));
            findings.add(Finding.right(trial + ": promoted after the day", RUNS,
                    days.stream().filter(Day::promoted).count(), .99, ""));
        }
        return findings;
    }

    private static Day day(Chance chance, double noise) {
        Trial trial = new Trial(CRITERIA);
        boolean rejected = false;
        boolean different = false;
        double load = 0;
        for (int minute = 0; minute < MINUTES; minute++) {
            load = .9 * load + .1 * chance.normal();
            for (int i = 0; i < RERUNS; i++) {
                trial.evidence().take(rerun(chance, minute, noise, load));
            }
            for (int i = 0; i < PROBES; i++) {
                trial.evidence().take(new Probed(minute, null, nanos(chance, load, 1)));
            }
            trial.count(1, minute, "", 0, REQUESTS, 0);
            if (minute % 60 == 59) {
                Verdict verdict = trial.verdict(minute + 1);
                rejected |= verdict.decision() == Decision.REJECT;
                different |= verdict.criteria().stream().anyMatch(AgainstItselfTrials::differs);
            }
        }
        return new Day(rejected, different, trial.verdict(MINUTES).decision() == Decision.PROMOTE);
    }

    private static Rerun rerun(Chance chance, int minute, double noise, double load) {
        int rows = 1 << (int) (6 * chance.uniform());
        // The batch's size changes nothing alone and most in the fullest one; half of what it changes it changes for both.
        double flips = 2 * noise * Integer.numberOfTrailingZeros(rows) / 5;
        boolean both = chance.uniform() < flips / 2;
        boolean second = chance.uniform() < .5;
        return new Rerun(minute, null, answer(both || chance.uniform() < flips / 2),
                answer(both || chance.uniform() < flips / 2), nanos(chance, load, second ? .95 * rows : rows),
                nanos(chance, load, second ? rows : .95 * rows));
    }

    private static List<Difference> answer(boolean flipped) {
        return List.of(flipped ? OTHER : SAME);
    }

    /// Around 20 ms for a row, growing with the batch.
    private static long nanos(Chance chance, double load, double rows) {
        return (long) (1e7 * (1 + Math.sqrt(rows)) * Math.exp(load + SPREAD * chance.normal()));
    }

    /// A criterion on a difference, or a ratio, that leaves out 0, or 1.
    private static boolean differs(CriterionResult result) {
        double none = switch (result.unit()) {
            case POINTS -> 0;
            case TIMES_CHAMPION -> 1;
            default -> Double.NaN;
        };
        return result.outcome() == Outcome.FAIL || result.low() > none || result.high() < none;
    }
}
