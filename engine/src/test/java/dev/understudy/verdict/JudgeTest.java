package dev.understudy.verdict;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.verdict.Observation.Labelled;
import dev.understudy.verdict.Observation.Rerun;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JudgeTest {
    static Evidence agreement(int all, int agreeing, String... promoteWhen) {
        Evidence evidence = new Evidence(Trials.criteria(promoteWhen));
        Trials.compare(evidence, Trials.START, "", all, agreeing);
        return evidence;
    }

    static CriterionResult first(Verdict verdict) {
        return verdict.criteria().getFirst();
    }

    @ParameterizedTest
    @CsvSource({"82, 82, WATCH, UNDECIDED", "83, 83, PROMOTE, PASS", "1000, 965, WATCH, UNDECIDED",
        "20000, 19120, PROMOTE, PASS", "1000, 900, REJECT, FAIL"})
    void oneCriterionDecidesByItself(int all, int agreeing, Decision decision, Outcome outcome) {
        Verdict verdict = Trials.judge(agreement(all, agreeing, "agreement: {at_least: 95%}"), 1);
        assertEquals(decision, verdict.decision(), verdict.toString());
        assertEquals(outcome, first(verdict).outcome());
        assertEquals((double) agreeing / all, first(verdict).estimate());
        assertEquals(all, first(verdict).samples());
        assertEquals(20, first(verdict).passOddsNeeded(), 1e-9);
    }

    @Test
    void anUndecidedCriterionSaysWhatItTakes() {
        CriterionResult result = first(Trials.judge(agreement(1000, 970, "agreement: {at_least: 95%}"), 1));
        assertEquals(38, result.moreSamples().orElseThrow());
        assertEquals("about 38 more observations to pass if things stay as they are", result.needed());
        assertEquals("observations: there are none yet",
                first(Trials.judge(agreement(0, 0, "agreement: {at_least: 95%}"), 1)).needed());
    }

    @Test
    void promotionTakesEveryCriterionAndRejectionOne() {
        Evidence both = agreement(500, 500, "agreement: {at_least: 95%}", "accuracy: {at_least: 95%}");
        assertEquals(Decision.WATCH, Trials.judge(both, 1).decision());
        for (int i = 0; i < 100; i++) {
            both.take(new Labelled(Trials.START, null, null, LabelMeasure.ACCURACY, 1, 1, 0));
        }
        assertEquals(Decision.PROMOTE, Trials.judge(both, 1).decision());
        for (int i = 0; i < 100; i++) {
            both.take(new Labelled(Trials.START, null, null, LabelMeasure.ACCURACY, 1, 0, 0));
        }
        Verdict verdict = Trials.judge(both, 1);
        assertEquals(Decision.REJECT, verdict.decision());
        assertEquals("Missed: accuracy: {at_least: 95%}.", verdict.reason());
    }

    @Test
    void severalCriteriaShareTheChanceOfAWrongRejection() {
        // The odds against 95% after 25 of 32 lie between 20 and 40.
        assertEquals(Decision.REJECT, Trials.judge(agreement(32, 25, "agreement: {at_least: 95%}"), 1).decision());
        assertEquals(Decision.WATCH,
                Trials.judge(agreement(32, 25, "agreement: {at_least: 95%}", "accuracy: {at_least: 90%}"), 1)
                        .decision());
    }

    @Test
    void anIndifferenceZoneFailsLater() {
        assertEquals(Decision.REJECT, Trials.judge(agreement(1000, 920, "agreement: {at_least: 95%}"), 1).decision());
        assertEquals(Decision.WATCH,
                Trials.judge(agreement(1000, 920, "agreement: {at_least: 95%, fails_below: 92%}"), 1).decision());
    }

    @Test
    void gatesHoldUpAPromotionAndNothingElse() {
        Evidence evidence = new Evidence(Trials.parse("""
                watch_at_least: 2h
                min_samples: 200
                min_coverage: 90%
                promote_when: [agreement: {at_least: 95%}]
                """));
        Trials.compare(evidence, Trials.START, "", 100, 100);
        assertEquals(List.of("watch_at_least", "min_samples"), closed(Trials.judge(evidence, 60)));
        Trials.compare(evidence, Trials.START + 59, "", 100, 100);
        assertEquals(List.of("watch_at_least"), closed(Trials.judge(evidence, 60)));
        Trials.compare(evidence, Trials.START + 119, "", 100, 100);
        assertEquals(Decision.PROMOTE, Trials.judge(evidence, 120).decision());
        Circumstances shedding = new Circumstances(Trials.ledger(80, 20), Trials.START + 120, List.of());
        assertEquals(List.of("min_coverage"), closed(Judge.judge(evidence, shedding)));
        assertTrue(Judge.judge(evidence, shedding).reason().contains("80% of the sampled requests were run"));
        Circumstances slow = new Circumstances(new LedgerCounts(1000, 100, 50,
                Map.of(ShedReason.REDUCED_RATE, 50L), Map.of(), 0), Trials.START + 120, List.of());
        assertEquals(List.of("min_coverage"), closed(Judge.judge(evidence, slow)), "it does not keep up");
        assertEquals(0.05, Judge.judge(evidence, slow).coverage());
        Circumstances tenth = new Circumstances(new LedgerCounts(1000, 100, 100, Map.of(), Map.of(), 0),
                Trials.START + 120, List.of());
        assertEquals(Decision.PROMOTE, Judge.judge(evidence, tenth).decision(), "a tenth was asked for");
        Circumstances held = new Circumstances(Trials.ledger(80, 0), Trials.START + 120,
                List.of("replica b is silent"));
        assertEquals(List.of("hold"), closed(Judge.judge(evidence, held)));
        Trials.compare(evidence, Trials.START + 119, "", 300, 0);
        assertEquals(Decision.REJECT, Judge.judge(evidence, held).decision());
    }

    @Test
    void aChallengerThatIsWorseOnOneClassIsFoundOutWhateverSegmentItsRequestsHave() {
        Evidence evidence = new Evidence(Trials.criteria("accuracy_gain: {at_least: 0 points}",
                "accuracy_gain: {at_least: -1 points, segment: label=8}"));
        for (int i = 0; i < 1000; i++) {
            int digit = i % 10;
            evidence.take(new Labelled(Trials.START, i % 3 == 0 ? "EU" : "US", "label=" + digit, LabelMeasure.ACCURACY,
                    1, digit == 8 ? 0 : 1, 0));
        }
        Verdict verdict = Trials.judge(evidence, 2);
        assertEquals(List.of(1000L, 100L), verdict.criteria().stream().map(CriterionResult::samples).toList(),
                "a label counts once in all");
        SegmentResult worst = verdict.segments().getFirst();
        assertEquals("label=8", worst.segment());
        assertTrue(worst.failing() && worst.blocks());
        assertEquals(100, worst.samples());
        assertTrue(verdict.segments().stream().anyMatch(each -> each.segment().equals("EU")));
    }

    static List<String> closed(Verdict verdict) {
        assertEquals(Decision.WATCH, verdict.decision());
        return verdict.gates().stream().filter(gate -> !gate.open()).map(Gate::name).toList();
    }

    @Test
    void aServerThatStoodStillDidNotWatch() {
        Evidence evidence = new Evidence(Trials.criteria("agreement: {at_least: 95%}"));
        Trials.compare(evidence, Trials.START, "", 1, 1);
        Trials.compare(evidence, Trials.START + 1000, "", 1, 1);
        Trials.compare(evidence, Trials.START + 1030, "", 1, 1);
        assertEquals(60 + 30 + 5, Look.of(evidence, Trials.after(1035)).watchedMinutes());
        assertEquals(60 + 30 + 60, Look.of(evidence, Trials.after(5000)).watchedMinutes());
    }

    @Test
    void aCriterionOverATimeWaitsForItButFailsAtOnce() {
        String waiting = "agreement: {at_least: 95%, over: 30min}";
        Verdict early = Trials.judge(agreement(100, 100, waiting), 10);
        assertEquals(Decision.WATCH, early.decision());
        assertEquals("time: watched 10 min of 30 min", first(early).needed());
        assertEquals(Decision.PROMOTE, Trials.judge(agreement(100, 100, waiting), 30).decision());
        assertEquals(Decision.REJECT, Trials.judge(agreement(100, 50, waiting), 10).decision());
    }

    @Test
    void whatIsUndecidedForTooLongEndsAsDeclared() {
        String text = "watch_at_least: 0\ngive_up_after: 3d\npromote_when: [agreement: {at_least: 95%}]\n";
        Evidence evidence = new Evidence(Trials.parse(text));
        Evidence rejecting = new Evidence(Trials.parse("give_up_as: reject\n" + text));
        for (int hour = 0; hour < 72; hour++) {
            Trials.compare(evidence, Trials.START + 60L * hour, "", 20, 19);
            Trials.compare(rejecting, Trials.START + 60L * hour, "", 20, 19);
        }
        assertEquals(Decision.WATCH, Trials.judge(evidence, 3 * 1440 - 1).decision());
        assertEquals(Decision.NOT_ENOUGH_EVIDENCE, Trials.judge(evidence, 3 * 1440).decision());
        Verdict verdict = Trials.judge(rejecting, 3 * 1440);
        assertEquals(Decision.REJECT, verdict.decision());
        assertTrue(verdict.reason().startsWith("Given up after 3 d: undecided: agreement"), verdict.reason());
    }

    @Test
    void extraDisagreementForgivesTheChampionsOwnNoise() {
        Evidence evidence = new Evidence(
                Trials.criteria("extra_disagreement: {at_most: 5 points}", "agreement: {at_least: 95%}"));
        for (int i = 0; i < 1000; i++) {
            List<dev.understudy.diff.Difference> challenger = List.of(i % 12 == 0 ? Trials.DIFFERS : Trials.AGREES);
            List<dev.understudy.diff.Difference> champion = List.of(i % 12 == 6 ? Trials.DIFFERS : Trials.AGREES);
            evidence.take(new Rerun(Trials.START, null, challenger, champion, 1, 1));
            evidence.take(Trials.compared(Trials.START, "", i % 12 != 0));
        }
        Verdict verdict = Trials.judge(evidence, 1);
        assertEquals(Outcome.PASS, verdict.criteria().getFirst().outcome());
        assertEquals(Outcome.FAIL, verdict.criteria().getLast().outcome());
        assertTrue(verdict.noise().contains("the champion differed from itself on 8.3% of 1,000 requests"),
                verdict.noise());
    }

    @Test
    void theSegmentThatIsWorseIsNamedAndBlocks() {
        Evidence evidence = new Evidence(Trials.criteria("agreement: {at_least: 90%}"));
        for (int digit = 0; digit < 10; digit++) {
            Trials.compare(evidence, Trials.START, String.valueOf(digit), 1000, digit == 8 ? 800 : 990);
        }
        Verdict verdict = Trials.judge(evidence, 1);
        assertEquals(Outcome.PASS, first(verdict).outcome());
        assertEquals(List.of("segments"), closed(verdict));
        assertTrue(verdict.reason().contains("segment 8 misses agreement: {at_least: 90%}"), verdict.reason());
        SegmentResult worst = verdict.segments().getFirst();
        assertEquals("8", worst.segment());
        assertTrue(worst.failing() && worst.high() < 0.9);
        assertEquals(Judge.SEGMENTS_MAX, verdict.segments().size());
        assertFalse(verdict.segments().get(1).failing());
    }

    @Test
    void aSegmentOfAFamilyThatMayFailIsShownButDoesNotBlock() {
        Evidence evidence = new Evidence(Trials.parse("watch_at_least: 0\nsegments: {must_not_fail: []}\n"
                + "promote_when: [agreement: {at_least: 90%}]"));
        Trials.compare(evidence, Trials.START, "EU", 1000, 800);
        Trials.compare(evidence, Trials.START, "US", 9000, 8990);
        Verdict verdict = Trials.judge(evidence, 1);
        assertEquals(Decision.PROMOTE, verdict.decision());
        assertTrue(verdict.segments().getFirst().failing());
    }

    @Test
    void aCriterionOnOneSegmentIsAboutNoOther() {
        Evidence evidence = new Evidence(Trials.criteria("agreement: {at_least: 90%, segment: EU}"));
        Trials.compare(evidence, Trials.START, "US", 1000, 0);
        Trials.compare(evidence, Trials.START, "EU", 1000, 1000);
        assertEquals(Decision.PROMOTE, Trials.judge(evidence, 1).decision());
        assertEquals(1000, first(Trials.judge(evidence, 1)).samples());
    }

    @Test
    void theStatementGivesTheChancesAndTheirBounds() {
        String statement = Trials.judge(agreement(0, 0, "agreement: {at_least: 90%}"), 1).statement();
        assertTrue(statement.contains("ever promoted with a chance of at most 5%"), statement);
        assertTrue(statement.contains("not about other requests or other times"), statement);
    }

    @Test
    void timeNobodyWatchedIsNoReasonToGiveUp() {
        Evidence evidence = new Evidence(
                Trials.parse("watch_at_least: 0\ngive_up_after: 3d\npromote_when: [agreement: {at_least: 95%}]"));
        Trials.compare(evidence, Trials.START, "", 100, 95);
        Trials.compare(evidence, Trials.START + 15 * 1440, "", 100, 95);
        assertEquals(Decision.WATCH, Trials.judge(evidence, 15 * 1440 + 1).decision());
    }

    @Test
    void whereTheUndecidedAreRejectedTheStatementClaimsNoChanceForThat() {
        String text = "watch_at_least: 0\ngive_up_after: 3d\ngive_up_as: reject\n"
                + "promote_when: [agreement: {at_least: 95%}]";
        String statement = Trials.judge(new Evidence(Trials.parse(text)), 1).statement();
        assertTrue(statement.contains("rejected by the evidence with a chance of at most 5%"), statement);
        assertTrue(statement.contains("undecided after 3 d is rejected too, as give_up_as says, and no chance bounds"),
                statement);
    }

    @Test
    void aSegmentHasItsNumberOnceItsFirstMinuteIsOver() {
        Evidence evidence = new Evidence(Trials.criteria("agreement: {at_least: 90%}"));
        Trials.compare(evidence, Trials.START, "", 1000, 1000);
        Trials.compare(evidence, Trials.START, "z", 6, 0);
        Verdict open = Trials.judge(evidence, 0);
        SegmentResult unnumbered = open.segments().getFirst();
        assertFalse(unnumbered.failing(), "others may still come before it");
        assertEquals(Math.exp(SegmentJudge.logOdds(SegmentJudge.NUMBERS_MAX, 1, .05)), unnumbered.failOddsNeeded(), 1);
        assertEquals(List.of("segments"), closed(open), "but nothing is promoted on its first minute");
        Trials.compare(evidence, Trials.START, "a", 1, 1);
        SegmentResult over = Trials.judge(evidence, 1).segments().getFirst();
        assertTrue(over.failing());
        assertEquals(Math.exp(SegmentJudge.logOdds(2, 1, .05)), over.failOddsNeeded(), 1e-9);
    }

    @Test
    void scoresAreRoundedSoThatTheirMeanStays() {
        Evidence evidence = new Evidence(Trials.criteria("absolute_error: {at_most: 0.3, clip: 1}",
                "absolute_error_gain: {at_least: 0.1, clip: 1}"));
        Random random = new Random(4);
        for (int i = 0; i < 100_000; i++) {
            evidence.take(new Labelled(Trials.START, null, null, LabelMeasure.ABSOLUTE_ERROR, .4, .3004,
                    random.nextDouble()));
        }
        List<CriterionResult> results = Trials.judge(evidence, 1).criteria();
        assertEquals(.3004, results.getFirst().estimate(), 1e-5, "seed 4");
        assertEquals(.0996, results.getLast().estimate(), 2e-5, "seed 4");
    }
}
