package dev.understudy.verdict;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.understudy.verdict.Observation.Compared;
import dev.understudy.verdict.Observation.Failed;
import dev.understudy.verdict.Observation.Rerun;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The numbers that users of Kayenta reported its Mann-Whitney judge to pass wrongly, each with the report that they are
/// from. A report has the 6 to 15 points of one canary; here they are played once, and then over and over, as a
/// challenger's requests would go on. Of #780 this is its first case, "increase in metric variability"; its further
/// cases are not here.
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

    /// spinnaker/spinnaker#6278, a comment: seven of ten values a hundred times as large still pass.
    @Test
    void sevenOfTenAHundredTimesAsSlowNeverPassAndSoonFail() {
        double[] control = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
        double[] experiment = {100, 100, 100, 100, 100, 100, 100, 1, 1, 1};
        for (String criterion : List.of("typical_latency: {at_most: 1.05x champion}",
                "latency_p50: {at_most: 1.05x champion}", "latency_p90: {at_most: 1.05x champion}")) {
            for (int rounds = 1; rounds < 12; rounds++) {
                assertNotEquals(Outcome.PASS, outcome(times(criterion, rounds, control, experiment)), criterion);
            }
            assertEquals(Outcome.FAIL, outcome(times(criterion, 12, control, experiment)), criterion);
        }
    }

    private static final double[] STEADY = {10.0, 10.1, 10.2, 10.3, 10.4, 10.5, 10.6, 17.0, 17.1, 17.2, 17.3, 17.4,
        17.5, 17.6, 17.7};
    private static final double[] SWINGING = {1, 100, 4, 101, 5, 102, 6, 103, 7, 104, 8, 105, 9, 106, 17};

    /// spinnaker/kayenta#780: both have the median 17, one of them with a spread eight times as wide, and pass as alike. The
    /// challenger whose variance blows up fails at the quantile that its variance moves.
    @Test
    void aVarianceThatBlowsUpFailsTheQuantileThatItMoves() {
        for (int rounds = 1; rounds < 40; rounds++) {
            assertNotEquals(Outcome.PASS, outcome(times("latency_p90: {at_most: 1.25x champion}", rounds, STEADY,
                    SWINGING)));
        }
        assertEquals(Outcome.FAIL, outcome(times("latency_p90: {at_most: 1.25x champion}", 40, STEADY, SWINGING)));
    }

    /// spinnaker/kayenta#780 as it stands, with the swinging values as the control: the steady challenger is far better at
    /// p90, which is not worse, and passes there. Whether it is slower on the typical request is told by pairs, of which it
    /// loses 8 of 15, and that fails.
    @Test
    void aChampionThatSwingsHidesNoChallengerThatIsSlowerRequestByRequest() {
        assertEquals(Outcome.PASS, outcome(times("latency_p90: {at_most: 1.25x champion}", 40, SWINGING, STEADY)));
        assertNotEquals(Outcome.PASS, outcome(times("typical_latency: {at_most: 1x champion}", 1, SWINGING, STEADY)));
        assertEquals(Outcome.FAIL, outcome(times("typical_latency: {at_most: 1x champion}", 200, SWINGING, STEADY)));
    }

    /// spinnaker/kayenta#426: a few errors in a few intervals, against a champion that has none, pass as outliers. How many
    /// requests an interval had is not in the report; here it is 200.
    @Test
    void sparseErrorsAreCountedByTheRequest() {
        int[] experiment = {0, 1, 2, 1, 0, 0};
        assertEquals(Decision.WATCH, sparse(experiment, 1).decision());
        assertEquals(Decision.REJECT, sparse(experiment, 4).decision());
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
