package dev.understudy.verdict;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.verdict.Observation.Failed;
import dev.understudy.verdict.Observation.Labelled;
import dev.understudy.verdict.Observation.LabelledCutShort;
import dev.understudy.verdict.Observation.ProbeCutShort;
import dev.understudy.verdict.Observation.Rerun;
import dev.understudy.verdict.Observation.RerunCutShort;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What did not run, or ran to no end, and what the judge makes of it.
class LostEvidenceTest {
    @Test
    void aRunCutShortStandsAgainstPassingAndNotForFailing() {
        Evidence evidence = JudgeTest.agreement(83, 83, "agreement: {at_least: 95%}", "errors: {at_most: 5%}");
        CriterionResult before = JudgeTest.first(Trials.judge(evidence, 1));
        assertEquals(Outcome.PASS, before.outcome());
        evidence.take(new Failed(Trials.START, null, true, FailureReason.TIMEOUT));
        CriterionResult after = JudgeTest.first(Trials.judge(evidence, 1));
        assertEquals(Outcome.UNDECIDED, after.outcome());
        assertEquals(before.failOdds(), after.failOdds());
        assertEquals(84, after.samples());
    }

    @Test
    void aLabelOfARunCutShortStandsAgainstPassingAndNotForFailing() {
        Evidence evidence = new Evidence(Trials.criteria("accuracy: {at_least: 90%}",
                "accuracy_gain: {at_least: -5 points}", "log_loss: {at_most: 0.5, clip: 5}",
                "log_loss_gain: {at_least: -0.5, clip: 5}"));
        for (int i = 0; i < 200; i++) {
            evidence.take(new Labelled(Trials.START, null, null, LabelMeasure.ACCURACY, 1, 1, 0));
            evidence.take(new Labelled(Trials.START, null, null, LabelMeasure.LOG_LOSS, 0, 0, 0));
        }
        List<CriterionResult> before = Trials.judge(evidence, 1).criteria();
        for (int i = 0; i < 100; i++) {
            evidence.take(new LabelledCutShort(Trials.START, null, null, LabelMeasure.ACCURACY));
            evidence.take(new LabelledCutShort(Trials.START, null, null, LabelMeasure.LOG_LOSS));
        }
        List<CriterionResult> after = Trials.judge(evidence, 1).criteria();
        for (int i = 0; i < before.size(); i++) {
            assertEquals(Outcome.PASS, before.get(i).outcome());
            assertEquals(Outcome.UNDECIDED, after.get(i).outcome());
            assertEquals(before.get(i).failOdds(), after.get(i).failOdds());
            assertEquals(300, after.get(i).samples());
        }
    }

    @Test
    void runsCutShortAreNoSamples() {
        Evidence evidence = new Evidence(Trials.parse(
                "watch_at_least: 0\nmin_samples: 100\npromote_when: [agreement: {at_least: 50%}]"));
        Trials.compare(evidence, Trials.START, "", 99, 99);
        evidence.take(new Failed(Trials.START, null, true, FailureReason.TIMEOUT));
        assertEquals(List.of("min_samples"), JudgeTest.closed(Trials.judge(evidence, 1)));
        Trials.compare(evidence, Trials.START, "", 1, 1);
        assertEquals(Decision.PROMOTE, Trials.judge(evidence, 1).decision());
    }

    @Test
    void secondLooksAndProbesCutShortStandAgainstPassingAndNotForFailing() {
        Evidence evidence = new Evidence(Trials.parse("""
                watch_at_least: 0
                correct_for_bursts: []
                promote_when:
                - latency_p90: {at_most: 1ms}
                - extra_disagreement: {at_most: 5 points}
                - typical_latency: {at_most: 1x champion}
                """));
        for (int i = 0; i < 30; i++) {
            evidence.take(new ProbeCutShort(Trials.START, null));
            evidence.take(new RerunCutShort(Trials.START, null, List.of(Trials.AGREES), 1));
            // A champion without a second answer leaves nothing to hold the challenger against.
            evidence.take(new RerunCutShort(Trials.START, null, List.of(), -1));
        }
        for (CriterionResult result : Trials.judge(evidence, 1).criteria()) {
            assertEquals(30, result.samples(), result.criterion());
            assertEquals(1, result.failOdds(), 1e-12);
            assertTrue(result.passOdds() < 1, result.toString());
        }
    }

    @Test
    void whereTheChampionGaveNoSecondAnswerThereIsNothingToForgive() {
        Evidence evidence = new Evidence(Trials.criteria("extra_disagreement: {at_most: 5 points}"));
        for (int i = 0; i < 1000; i++) {
            evidence.take(new Rerun(Trials.START, null, List.of(Trials.AGREES), List.of(), 1, -1));
        }
        assertEquals(0, JudgeTest.first(Trials.judge(evidence, 1)).samples());
    }

    @Test
    void anErrorIsADisagreementOnlyWhereTheChampionAnswered() {
        Evidence evidence = new Evidence(Trials.criteria("agreement: {at_least: 95%}", "errors: {at_most: 5%}",
                "extra_errors: {at_most: 5 points}"));
        evidence.take(new Failed(Trials.START, null, true, FailureReason.RUN));
        evidence.take(new Failed(Trials.START, null, false, FailureReason.RUN));
        evidence.take(new Failed(Trials.START, null, false, null));
        List<CriterionResult> results = Trials.judge(evidence, 1).criteria();
        assertEquals(List.of(1L, 3L, 3L), results.stream().map(CriterionResult::samples).toList());
        assertEquals(0, results.getFirst().estimate());
        assertEquals(2.0 / 3, results.get(1).estimate(), 1e-12);
        assertEquals(0, results.get(2).estimate(), 1e-12);
    }

    @Test
    void whatWasShedIsComparedWithWhatWasNot() {
        Evidence evidence = new Evidence(Trials.criteria("agreement: {at_least: 90%}"));
        Circumstances circumstances = new Circumstances(Trials.ledger(1000, 500), Trials.START + 1,
                List.of());
        Trials.compare(evidence, Trials.START, "US", 1000, 1000);
        assertTrue(Judge.judge(evidence, circumstances).shedding()
                .startsWith(
                        "Compared were 66.7% of 1,500 requests served, of which 100% were sampled. 500 of 1,500 sampled requests were shed (queue_full 500); whether they differ"));
        for (int i = 0; i < 500; i++) {
            evidence.take(new Observation.Shed(Trials.START, i % 2 == 0 ? "EU" : "US", 4_000_000));
        }
        String shedding = Judge.judge(evidence, circumstances).shedding();
        assertTrue(shedding.contains("the champion took 4.0") && shedding.contains("segment EU makes up 50% of them")
                && shedding.endsWith(": they differ."), shedding);
    }
}
