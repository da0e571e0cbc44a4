package dev.understudy.verdict;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.verdict.Observation.Rerun;
import dev.understudy.verdict.Observation.RerunCutShort;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RatioTest {
    /// The champion takes 100 to 199 ms and the challenger nine tenths of it.
    private static Evidence demonstration(String criterion) {
        Evidence evidence = new Evidence(
                Trials.parse("watch_at_least: 0\nmin_samples: 0\ncorrect_for_bursts: []\npromote_when: [" + criterion
                        + "]"));
        for (int i = 0; i < 10_000; i++) {
            long nanos = (100 + i % 100) * 1_000_000L;
            evidence.take(rerun(0, nanos * 9 / 10, nanos));
        }
        return evidence;
    }

    private static Rerun rerun(long minute, long challengerNanos, long championNanos) {
        return new Rerun(Trials.START + minute, null, List.of(Trials.AGREES), List.of(Trials.AGREES), challengerNanos,
                championNanos);
    }

    private static CriterionResult result(Evidence evidence, long minutes) {
        return Trials.judge(evidence, minutes).criteria().getFirst();
    }

    /// The reference's bounds on exact times are widened by what three digits of a histogram leave open.
    @ParameterizedTest
    @CsvSource({"99, .904545, .895477", "50, .918243, .882119"})
    void theReferencesRatiosPassAndFail(String percent, double passesFrom, double failsBelow) {
        CriterionResult result = result(demonstration("latency_p" + percent + ": {at_most: 1x champion}"), 1);
        assertEquals(passesFrom, result.high(), 2e-3);
        assertTrue(result.high() >= passesFrom && result.low() <= failsBelow, result.toString());
        assertEquals(failsBelow, result.low(), 2e-3);
        assertEquals(.9, result.estimate(), 2e-3);
        assertEquals(Outcome.PASS, result.outcome());
        assertEquals(Outcome.FAIL,
                result(demonstration("latency_p" + percent + ": {at_most: 0.88x champion}"), 1).outcome());
        CriterionResult open = result(demonstration("latency_p" + percent + ": {at_most: 0.9x champion}"), 1);
        assertEquals(Outcome.UNDECIDED, open.outcome());
    }

    @Test
    void theForecastIsWhenItWouldPass() {
        CriterionResult open = result(demonstration("latency_p50: {at_most: 0.91x champion}"), 1);
        assertEquals(Outcome.UNDECIDED, open.outcome());
        long more = open.moreSamples().orElseThrow();
        assertTrue(more > 5_000 && more < 100_000, open.toString());
    }

    @Test
    void burstsWidenTheRatioAndThirtyMinutesAreNeeded() {
        Evidence steady = new Evidence(Trials.criteria("latency_p50: {at_most: 1.1x champion}"));
        Evidence bursty = new Evidence(Trials.criteria("latency_p50: {at_most: 1.1x champion}"));
        for (int i = 0; i < 6000; i++) {
            steady.take(rerun(i % 60, (100 + i / 60) * 1_000_000L, (100 + i / 60) * 1_000_000L));
            bursty.take(rerun(i / 100, (100 + i / 60) * 1_000_000L, (100 + i / 60) * 1_000_000L));
        }
        Evidence young = new Evidence(steady.criteria());
        for (int i = 0; i < 2000; i++) {
            young.take(rerun(i % 20, 100_000_000, 100_000_000));
        }
        assertTrue(result(young, 20).needed().startsWith("30 minutes with re-runs"));
        assertEquals(Outcome.PASS, result(steady, 60).outcome());
        assertEquals(1, result(steady, 60).designEffect(), .2);
        assertEquals(Outcome.UNDECIDED, result(bursty, 60).outcome());
        assertTrue(result(bursty, 60).designEffect() > 100, result(bursty, 60).toString());
    }

    @Test
    void aChallengerThatFailsIsSlowerThanAnyLimit() {
        Evidence evidence = demonstration("latency_p50: {at_most: 1x champion}");
        for (int i = 0; i < 20_000; i++) {
            evidence.take(rerun(0, -1, 100_000_000));
        }
        CriterionResult result = result(evidence, 1);
        assertEquals(Outcome.FAIL, result.outcome());
        assertEquals(Double.POSITIVE_INFINITY, result.high());
    }

    @Test
    void thePairedQuestionIsAboutTheSameRequest() {
        Evidence evidence = new Evidence(
                Trials.parse("watch_at_least: 0\nmin_samples: 0\ncorrect_for_bursts: []\npromote_when: ["
                        + "typical_latency: {at_most: 1.1x champion}]"));
        for (int i = 1; i <= 100; i++) {
            evidence.take(rerun(0, 105L * i, 100L * i));
        }
        assertEquals(Outcome.PASS, result(evidence, 1).outcome());
    }

    @Test
    void theEffectOfBurstsNeverFallsOnceItsMarkStands() {
        Evidence evidence = new Evidence(Trials.criteria("latency_p90: {at_most: 1.1x champion}"));
        Random random = new Random(3);
        double before = 1;
        for (int minute = 0; minute < 120; minute++) {
            boolean burst = minute < 40 && minute % 8 == 0;
            for (int i = 0; i < 100; i++) {
                // What is slow becomes usual later, where the quantile then lies and nothing comes in bursts.
                long nanos = (burst || (minute >= 60 && random.nextInt(3) == 0) ? 400 : 100) * 1_000_000L
                        + random.nextInt(50_000_000);
                evidence.take(rerun(minute, nanos, nanos));
            }
            double effect = result(evidence, minute + 1).designEffect();
            assertTrue(minute < 11 || effect >= before, "seed 3, minute " + minute + ": " + before + ", " + effect);
            before = effect;
        }
        assertTrue(before > 20, "the bursts are not forgotten: " + before);
    }

    @Test
    void theMinuteThatIsNotOverIsLeftOutOfTheRatio() {
        Evidence evidence = new Evidence(Trials.criteria("latency_p50: {at_most: 1.1x champion}"));
        for (int i = 0; i < 3100; i++) {
            evidence.take(rerun(i / 100, (100 + i % 10) * 1_000_000L, (100 + i % 10) * 1_000_000L));
        }
        assertEquals(3000, result(evidence, 30).samples());
        assertEquals(3100, result(evidence, 31).samples());
    }

    @Test
    void aRunCutShortIsWorstForPassingAndLeftOutOfFailing() {
        Evidence evidence = demonstration("latency_p50: {at_most: 1x champion}");
        CriterionResult before = result(evidence, 1);
        for (int i = 0; i < 20_000; i++) {
            evidence.take(new RerunCutShort(Trials.START, null, List.of(Trials.AGREES), 100_000_000));
        }
        CriterionResult after = result(evidence, 1);
        assertEquals(Outcome.PASS, before.outcome());
        assertEquals(Outcome.UNDECIDED, after.outcome());
        assertEquals(30_000, after.samples());
        assertEquals(Double.POSITIVE_INFINITY, after.high());
        assertTrue(after.low() < 1, after.toString());
    }
}
