package dev.understudy.shadow;

import static dev.understudy.shadow.ComparerFixture.answer;
import static dev.understudy.shadow.ComparerFixture.mirrored;
import static dev.understudy.shadow.ComparerFixture.response;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.batch.RunOutcome;
import dev.understudy.diff.Comparators;
import dev.understudy.infer.InferenceFailure;
import dev.understudy.journal.JournalException;
import dev.understudy.journal.Label;
import dev.understudy.journal.Terms;
import dev.understudy.model.InvalidConfigException;
import dev.understudy.verdict.Criteria;
import dev.understudy.verdict.CriterionResult;
import dev.understudy.verdict.FailureReason;
import dev.understudy.verdict.ShedReason;
import dev.understudy.verdict.Task;
import dev.understudy.verdict.Verdict;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the comparer gives the journal as evidence, as the judge reads it there.
class ComparerEvidenceTest {
    private final ComparerFixture fixture;

    ComparerEvidenceTest(@TempDir Path folder) {
        fixture = new ComparerFixture(folder);
    }

    @AfterEach
    void closeJournal() throws Exception {
        fixture.close();
    }

    @Test
    void whatWasShedIsComparedWithTheRestAndIsNoError() throws Exception {
        PairEvaluation evaluation = fixture.begun(Terms.NONE);
        ShedSample sample = new ShedSample();
        for (int i = 0; i < 3; i++) {
            fixture.ledger.sampled();
            fixture.ledger.shed(ShedReason.QUEUE_FULL);
            sample.add(mirrored(response(1), "eu"));
        }
        sample.drainTo(evaluation, 1);
        sample.drainTo(evaluation, 2);
        assertTrue(fixture.journal.flush());
        Verdict verdict = fixture.journal.verdict(evaluation.pair(), fixture.ledger.counts(), 5).orElseThrow();
        assertEquals(0, errors(verdict).samples());
        assertTrue(verdict.shedding().contains("3"), verdict.shedding());
    }

    private static CriterionResult errors(Verdict verdict) {
        return verdict.criteria().stream().filter(result -> result.criterion().startsWith("errors")).findFirst()
                .orElseThrow();
    }

    /// Terms of a classifier, by whose labels it is judged as well.
    private static Terms labelled(String criteria) throws InvalidConfigException {
        return new Terms(Comparators.DEFAULT, Map.of(), Criteria.parse(criteria),
                Optional.of(new Task(Task.Type.CLASSIFICATION, "out", List.of())));
    }

    /// What the criteria come to once everything counts.
    private List<CriterionResult> results(PairEvaluation evaluation) throws JournalException {
        return fixture.journal.verdict(evaluation.pair(), fixture.ledger.counts(), Long.MAX_VALUE / 2).orElseThrow()
                .criteria();
    }

    @Test
    void everyRequestThatTheChallengerCannotTakeCountsHoweverManyThereAre() throws Exception {
        PairEvaluation judged = fixture.begun(labelled("""
                promote_when:
                - agreement: {at_least: 50%}
                - errors: {at_most: 50%}
                - extra_errors: {at_most: 50 points}
                - accuracy: {at_least: 10%}
                """));
        int many = 2000;
        List<Mirrored> released = new ArrayList<>();
        try (Comparer comparer = ComparerFixture.comparer()) {
            for (int i = 0; i < many; i++) {
                fixture.ledger.sampled();
                comparer.forEvaluation(judged).accept(new FinishedRun(List.of(), List.of(),
                        List.of(mirrored(response(1), "eu")), List.of(), released::add));
            }
        }
        assertTrue(fixture.journal.flush());
        assertEquals(1, fixture.journal.feedback("m", List.of(new Label("id", List.of("1")))).joined());
        assertEquals(many, released.size());
        assertEquals(many, fixture.ledger.counts().failed().get(FailureReason.INCOMPATIBLE));
        List<CriterionResult> results = results(judged);
        for (CriterionResult result : results.subList(0, 3)) {
            assertEquals(many, result.samples(), result.criterion());
        }
        assertEquals(0, results.get(3).estimate(), "it is wrong about what it cannot take");
    }

    @Test
    void everyRequestThatRanGivesItsEvidenceAndHoldsItsAnswers() throws Exception {
        PairEvaluation labelled = fixture.begun(labelled("""
                promote_when:
                - agreement: {at_least: 50%}
                - errors: {at_most: 50%}
                - accuracy: {at_least: 10%}
                """));
        List<Mirrored> requests = List.of(mirrored(response(1), null), mirrored(response(1), null),
                mirrored(InferenceFailure.invalid("it failed"), null));
        fixture.compare(labelled, requests,
                List.of(answer(1), new RunOutcome.Failed("no", false, 5), answer(1)));
        assertTrue(fixture.journal.flush());
        List<CriterionResult> results = results(labelled);
        assertEquals(2, results.get(0).samples(), "what the champion failed on is no trial of agreement");
        assertEquals(3, results.get(1).samples());
        assertEquals(1, fixture.journal.feedback("m", List.of(new Label("id", List.of("1")))).joined());
        List<CriterionResult> after = results(labelled);
        assertEquals(2, after.get(2).samples());
        assertEquals(0.5, after.get(2).estimate(), "the run that failed is wrong");
    }

    @Test
    void aLabelOfARunCutShortIsNeitherRightNorWrong() throws Exception {
        Terms terms = new Terms(Comparators.DEFAULT, Map.of(),
                Criteria.parse("promote_when: [accuracy: {at_least: 10%}]"),
                Optional.of(new Task(Task.Type.CLASSIFICATION, "out", List.of())));
        PairEvaluation labelled = fixture.begun(terms);
        fixture.compare(labelled, List.of(mirrored(response(1), null)),
                List.of(new RunOutcome.Failed("cut short", true, 5)));
        assertTrue(fixture.journal.flush());
        CriterionResult before = results(labelled).getFirst();
        assertEquals(1, fixture.journal.feedback("m", List.of(new Label("id", List.of("1")))).joined());
        CriterionResult after = results(labelled).getFirst();
        assertEquals(1, after.samples());
        assertEquals(before.failOdds(), after.failOdds());
        assertTrue(after.passOdds() < 1);
    }
}
