package dev.understudy.verdict;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.understudy.verdict.Observation.Compared;
import dev.understudy.verdict.Observation.Failed;
import dev.understudy.verdict.Observation.Rerun;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Data that canary judges by Mann-Whitney are reported to pass wrongly. The numbers are this project's own, in the
/// spirit of what users reported to Kayenta; each test names the report.
class CanaryArraysTest {
    private static final String EACH_COUNTS = "watch_at_least: 0\nmin_samples: 0\ncorrect_for_bursts: []\n";

    private static Evidence times(String criterion, int rounds, double[] champion, double[] challenger) {
        Evidence evidence = new Evidence(Trials.parse(EACH_COUNTS + "promote_when: [" + criterion + "]"));
        for (int round = 0; round < rounds; round++) {
            for (int i = 0; i < champion.length; i++) {
                evidence.take(new Rerun(Trials.START + round, null, List.of(Trials.AGREES), List.of(Trials.AGREES),
                        (long) (challenger[i] * 1e6), (long) (champion[i] * 1e6)));
            }
        }
        return evidence;
    }

    private static Outcome outcome(Evidence evidence) {
        return Trials.judge(evidence, 1000).criteria().getFirst().outcome();
    }

    /// spinnaker/spinnaker#6278: seven of ten values a hundred times as large still pass.
    @Test
    void sevenOfTenAHundredTimesAsSlowNeverPassAndSoonFail() {
        double[] champion = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
        double[] challenger = {100, 100, 100, 100, 100, 100, 100, 1, 1, 1};
        for (String criterion : List.of("typical_latency: {at_most: 1.05x champion}",
                "latency_p50: {at_most: 1.05x champion}", "latency_p90: {at_most: 1.05x champion}")) {
            assertNotEquals(Outcome.PASS, outcome(times(criterion, 1, champion, challenger)), criterion);
            assertEquals(Outcome.FAIL, outcome(times(criterion, 12, champion, challenger)), criterion);
        }
    }

    /// spinnaker/kayenta#780: a metric that swings far more widely, with a median hardly moved, passes.
    @Test
    void aWiderSpreadFailsTheQuantileItMoves() {
        double[] narrow = {96, 97, 98, 99, 99.5, 100, 100.5, 101, 102, 103};
        double[] wide = {20, 30, 60, 80, 90, 100, 180, 300, 400, 500};
        assertEquals(Outcome.FAIL, outcome(times("latency_p90: {at_most: 1.25x champion}", 60, narrow, wide)));
        assertEquals(Outcome.PASS, outcome(times("latency_p50: {at_most: 1.25x champion}", 400, narrow, wide)));
    }

    /// spinnaker/kayenta#780, the other way round: a champion that swings widely hides a challenger whose median is twice
    /// as slow.
    @Test
    void aNoisyChampionHidesNoSlowerMedian() {
        double[] wide = {1, 2, 4, 5, 6, 7, 8, 101, 103, 106};
        double[] slower = {15, 15.5, 16, 16.2, 16.4, 16.6, 16.8, 17, 17.2, 17.5};
        assertNotEquals(Outcome.PASS, outcome(times("latency_p50: {at_most: 1.25x champion}", 1, wide, slower)));
        assertEquals(Outcome.FAIL, outcome(times("latency_p50: {at_most: 1.25x champion}", 30, wide, slower)));
    }

    /// spinnaker/kayenta#426: a few errors in a few intervals, against a champion that has none, pass as outliers.
    @Test
    void sparseErrorsAreCountedByTheRequest() {
        int[] errors = {0, 1, 3, 1, 0, 0};
        assertEquals(Decision.WATCH, sparse(errors, 1).decision());
        assertEquals(Decision.REJECT, sparse(errors, 3).decision());
    }

    private static Verdict sparse(int[] errors, int rounds) {
        Evidence evidence = new Evidence(Trials.parse(
                EACH_COUNTS + "promote_when: [errors: {at_most: 0.1%}, extra_errors: {at_most: 0.1 points}]"));
        for (int interval = 0; interval < rounds * errors.length; interval++) {
            for (int i = 0; i < 200; i++) {
                long minute = Trials.START + interval;
                evidence.take(i < errors[interval % errors.length]
                        ? new Failed(minute, null, true, FailureReason.RUN)
                        : new Compared(minute, null, 1_000_000, List.of(Trials.AGREES)));
            }
        }
        return Trials.judge(evidence, 1000);
    }

    /// Both reports again: too little data is not a pass.
    @Test
    void noDataAndLittleDataPassNothing() {
        double[] few = {1, 1, 1};
        assertEquals(Outcome.UNDECIDED, outcome(times("latency_p50: {at_most: 1.1x champion}", 0, few, few)));
        assertEquals(Outcome.UNDECIDED, outcome(times("latency_p50: {at_most: 1.1x champion}", 1, few, few)));
    }
}
