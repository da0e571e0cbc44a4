package dev.understudy.shadow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.batch.RunOutcome;
import dev.understudy.diff.Comparators;
import dev.understudy.diff.NoiseFloor;
import dev.understudy.diff.NoiseMeter;
import dev.understudy.infer.InferenceFailure;
import dev.understudy.infer.InferenceOutcome;
import dev.understudy.infer.InferenceRequest;
import dev.understudy.infer.InferenceResponse;
import dev.understudy.infer.Timings;
import dev.understudy.journal.Journal;
import dev.understudy.journal.JournalLimits;
import dev.understudy.journal.Label;
import dev.understudy.journal.Order;
import dev.understudy.journal.StoredComparison;
import dev.understudy.journal.Terms;
import dev.understudy.runtime.Signature;
import dev.understudy.runtime.TestLanes;
import dev.understudy.tensor.DataType;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.Tensor;
import dev.understudy.tensor.TensorSpec;
import dev.understudy.verdict.Agreement;
import dev.understudy.verdict.Criteria;
import dev.understudy.verdict.CriterionResult;
import dev.understudy.verdict.FailureReason;
import dev.understudy.verdict.LedgerCounts;
import dev.understudy.verdict.MinuteCounts;
import dev.understudy.verdict.Pair;
import dev.understudy.verdict.ShedReason;
import dev.understudy.verdict.Task;
import dev.understudy.verdict.Verdict;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The comparer with a real journal.
class ComparerTest {
    private static final Signature SIGNATURE = new Signature(
            List.of(new TensorSpec("in", DataType.FP32, Shape.of(-1, 1))),
            List.of(new TensorSpec("out", DataType.FP32, Shape.of(-1, 1))), true);
    private static final Pair PAIR = new Pair("m", "a".repeat(64), "b".repeat(64), "rules");

    private final Journal journal;
    private final Ledger ledger = new Ledger(LedgerCounts.ZERO);
    private final PairEvaluation evaluation;

    ComparerTest(@TempDir Path folder) throws Exception {
        journal = Journal.open(folder, JournalLimits.DEFAULTS);
        evaluation = evaluation(Terms.NONE);
    }

    private PairEvaluation evaluation(Terms terms) {
        journal.begin(PAIR, 0, terms);
        return new PairEvaluation("m", PAIR, terms, journal,
                ((Pairing.Attempt.Paired) Pairing.of(SIGNATURE, SIGNATURE, Map.of())).pairing(),
                ledger, new Segments(), new NoiseMeter(NoiseFloor.NONE), Agreement.NONE);
    }

    @AfterEach
    void closeJournal() throws Exception {
        journal.close();
    }

    @Test
    void whatTheChampionFailedOnIsNeitherComparedNorATrialOfAgreement() throws Exception {
        compare(List.of(mirrored(InferenceFailure.invalid("it failed"), null)), List.of(answer(1)));
        assertEquals(0, ledger.counts().compared());
        assertEquals(1, ledger.counts().failed().get(FailureReason.INCOMPATIBLE));
        assertEquals(0, ledger.counts().inFlight());
        assertEquals(Agreement.NONE, evaluation.agreement());
        assertTrue(journal.flush());
        assertEquals(List.of(), journal.minutes(PAIR));
    }

    @Test
    void agreementIsCountedAlikeHereAndInTheJournal() throws Exception {
        compare(List.of(mirrored(response(1), null), mirrored(response(1), null), mirrored(response(1), null)),
                List.of(answer(1), answer(2), answer(1)));
        assertEquals(new Agreement(3, 2), evaluation.agreement());
        assertEquals(3, ledger.counts().compared());
        assertTrue(journal.flush());
        assertEquals(evaluation.agreement(), journal.evaluation(PAIR).orElseThrow().agreement());
        assertEquals(3, journal.comparisons(PAIR, Order.WORST, 10, null).size());
    }

    @Test
    void aFailedRunIsBookedByItsReasonAndItsWordsAreKept() {
        compare(List.of(mirrored(response(1), null), mirrored(response(1), null)),
                List.of(new RunOutcome.Failed("no such row", false, 5), new RunOutcome.Failed("too long", true, 5)));
        assertEquals(1, ledger.counts().failed().get(FailureReason.RUN));
        assertEquals(1, ledger.counts().failed().get(FailureReason.TIMEOUT));
        assertEquals("too long", evaluation.lastFailure());
        assertEquals(Agreement.NONE, evaluation.agreement());
    }

    @Test
    void invariantI5ClientsCannotMakeTheRecordGrowBySegments() throws Exception {
        for (int i = 0; i < 200; i++) {
            compare(List.of(mirrored(response(1), "tenant-" + i), mirrored(response(1), "x".repeat(1_000 + i))),
                    List.of(answer(1), answer(1)));
        }
        assertTrue(journal.flush());
        List<MinuteCounts> minutes = journal.minutes(PAIR);
        Set<String> names = minutes.stream().map(MinuteCounts::segment).collect(Collectors.toSet());
        assertEquals(Segments.KEPT_MAX + 1, names.size());
        assertEquals(400 - Segments.KEPT_MAX, minutes.stream()
                .filter(minute -> minute.segment().equals(Segments.OTHER)).mapToLong(MinuteCounts::compared).sum());
        Segments afterRestart = new Segments();
        afterRestart.seed(minutes.stream().map(MinuteCounts::segment).toList());
        assertEquals("tenant-0", afterRestart.of("tenant-0"));
        assertEquals(Segments.OTHER, afterRestart.of("newcomer"), "all places are taken, as they were before");
    }

    @Test
    void theClientsOwnIdIsKeptAsFarAsARecordMayGrow() throws Exception {
        List<String> given = List.of("order-7", "x".repeat(128), "y".repeat(100_000), "",
                "quote ' \u0000 \ud83c\udfad \ud800");
        for (String id : given) {
            compare(List.of(mirrored(response(1), id, "s \u0000 \ud83c\udfad \ud800")), List.of(answer(1)));
        }
        assertTrue(journal.flush());
        List<StoredComparison> kept = journal.comparisons(PAIR, Order.NEWEST, 10, null).reversed();
        assertEquals(given.subList(0, 2), kept.subList(0, 2).stream().map(it -> it.comparison().clientId()).toList());
        assertEquals("y".repeat(128) + "...", kept.get(2).comparison().clientId());
        assertEquals("", kept.get(3).comparison().clientId());
        // Half a surrogate pair is no character, and a database of UTF-8 has no place for it.
        assertEquals("quote ' \u0000 \ud83c\udfad ?", kept.get(4).comparison().clientId());
        assertEquals("s \u0000 \ud83c\udfad ?", kept.get(4).comparison().segment());
    }

    @Test
    void whatWasHandedOverIsComparedBeforeClosingReturns() {
        int runs = 500;
        try (Comparer comparer = new Comparer(4, TestLanes.pacedInTheNormalClass())) {
            for (int i = 0; i < runs; i++) {
                ledger.sampled();
                comparer.forEvaluation(evaluation)
                        .accept(new FinishedRun(List.of(mirrored(response(1), null)), List.of(answer(1)), List.of(),
                                List.of(),
                                done -> {}));
            }
        }
        assertEquals(new Agreement(runs, runs), evaluation.agreement());
        assertEquals(runs, ledger.counts().compared());
    }

    private void compare(List<Mirrored> requests, List<RunOutcome> outcomes) {
        requests.forEach(request -> ledger.sampled());
        try (Comparer comparer = new Comparer(4, TestLanes.pacedInTheNormalClass())) {
            comparer.forEvaluation(evaluation)
                    .accept(new FinishedRun(requests, outcomes, List.of(), List.of(), done -> {}));
        }
    }

    private static Mirrored mirrored(InferenceOutcome champion, @Nullable String segment) {
        return mirrored(champion, null, segment);
    }

    private static Mirrored mirrored(InferenceOutcome champion, @Nullable String clientId, @Nullable String segment) {
        Tensor input = Tensor.ofFloats("in", Shape.of(1, 1), 1);
        return new Mirrored(new InferenceRequest("m", null, "id", clientId, List.of(input), List.of(), segment, 0),
                champion,
                0);
    }

    private static InferenceResponse response(float value) {
        return new InferenceResponse("m", "1", List.of(Tensor.ofFloats("out", Shape.of(1, 1), value)),
                new Timings(0, 0, 1, 0, 1));
    }

    private static RunOutcome answer(float value) {
        return new RunOutcome.Answered(List.of(Tensor.ofFloats("out", Shape.of(1, 1), value)),
                new Timings(0, 0, 1, 0, 1));
    }

    @Test
    void whatWasShedIsComparedWithTheRestAndIsNoError() throws Exception {
        ShedSample sample = new ShedSample();
        for (int i = 0; i < 3; i++) {
            ledger.sampled();
            ledger.shed(ShedReason.QUEUE_FULL);
            sample.add(mirrored(response(1), "eu"));
        }
        sample.drainTo(evaluation, 1);
        sample.drainTo(evaluation, 2);
        assertTrue(journal.flush());
        Verdict verdict = journal.verdict(PAIR, ledger.counts(), 5).orElseThrow();
        assertEquals(0, errors(verdict).samples());
        assertTrue(verdict.shedding().contains("3"), verdict.shedding());
    }

    private static CriterionResult errors(Verdict verdict) {
        return verdict.criteria().stream().filter(result -> result.criterion().startsWith("errors")).findFirst()
                .orElseThrow();
    }

    @Test
    void everyRequestThatTheChallengerCannotTakeCountsHoweverManyThereAre() throws Exception {
        Terms terms = new Terms(Comparators.DEFAULT, Map.of(), Criteria.parse("""
                promote_when:
                - agreement: {at_least: 50%}
                - errors: {at_most: 50%}
                - extra_errors: {at_most: 50 points}
                - accuracy: {at_least: 10%}
                """), Optional.of(new Task(Task.Type.CLASSIFICATION, "out", List.of())));
        PairEvaluation judged = begun(terms);
        int many = 2000;
        List<Mirrored> released = new ArrayList<>();
        try (Comparer comparer = new Comparer(4, TestLanes.pacedInTheNormalClass())) {
            for (int i = 0; i < many; i++) {
                ledger.sampled();
                comparer.forEvaluation(judged).accept(new FinishedRun(List.of(), List.of(),
                        List.of(mirrored(response(1), "eu")), List.of(), released::add));
            }
        }
        assertTrue(journal.flush());
        assertEquals(1, journal.feedback("m", List.of(new Label("id", List.of("1")))).joined());
        assertEquals(many, released.size());
        assertEquals(many, ledger.counts().failed().get(FailureReason.INCOMPATIBLE));
        List<CriterionResult> results = journal.verdict(judged.pair(), ledger.counts(), Long.MAX_VALUE / 2)
                .orElseThrow().criteria();
        for (CriterionResult result : results.subList(0, 3)) {
            assertEquals(many, result.samples(), result.criterion());
        }
        assertEquals(0, results.get(3).estimate(), "it is wrong about what it cannot take");
    }

    /// An evaluation of its own, which the journal knows.
    private PairEvaluation begun(Terms terms) throws Exception {
        Pair pair = new Pair("m", "a".repeat(64), "b".repeat(64), terms.fingerprint(""));
        journal.begin(pair, 0, terms);
        return new PairEvaluation("m", pair, terms, journal,
                ((Pairing.Attempt.Paired) Pairing.of(SIGNATURE, SIGNATURE, Map.of())).pairing(), ledger,
                new Segments(), new NoiseMeter(NoiseFloor.NONE), Agreement.NONE);
    }

    @Test
    void everyRequestThatRanGivesItsEvidenceAndHoldsItsAnswers() throws Exception {
        Terms terms = new Terms(Comparators.DEFAULT, Map.of(), Criteria.parse("""
                promote_when:
                - agreement: {at_least: 50%}
                - errors: {at_most: 50%}
                - accuracy: {at_least: 10%}
                """), Optional.of(new Task(Task.Type.CLASSIFICATION, "out", List.of())));
        PairEvaluation labelled = begun(terms);
        Pair pair = labelled.pair();
        List<Mirrored> requests = List.of(mirrored(response(1), null), mirrored(response(1), null),
                mirrored(InferenceFailure.invalid("it failed"), null));
        requests.forEach(request -> ledger.sampled());
        try (Comparer comparer = new Comparer(4, TestLanes.pacedInTheNormalClass())) {
            comparer.forEvaluation(labelled).accept(new FinishedRun(requests,
                    List.of(answer(1), new RunOutcome.Failed("no", false, 5), answer(1)), List.of(), List.of(),
                    done -> {}));
        }
        assertTrue(journal.flush());
        List<CriterionResult> results = journal.verdict(pair, ledger.counts(), Long.MAX_VALUE / 2).orElseThrow()
                .criteria();
        assertEquals(2, results.get(0).samples(), "what the champion failed on is no trial of agreement");
        assertEquals(3, results.get(1).samples());
        assertEquals(1, journal.feedback("m", List.of(new Label("id", List.of("1")))).joined());
        List<CriterionResult> after = journal.verdict(pair, ledger.counts(), Long.MAX_VALUE / 2).orElseThrow()
                .criteria();
        assertEquals(2, after.get(2).samples());
        assertEquals(0.5, after.get(2).estimate(), "the run that failed is wrong");
    }

    @Test
    void aLabelOfARunCutShortIsNeitherRightNorWrong() throws Exception {
        Terms terms = new Terms(Comparators.DEFAULT, Map.of(),
                Criteria.parse("promote_when: [accuracy: {at_least: 10%}]"),
                Optional.of(new Task(Task.Type.CLASSIFICATION, "out", List.of())));
        PairEvaluation labelled = begun(terms);
        ledger.sampled();
        try (Comparer comparer = new Comparer(4, TestLanes.pacedInTheNormalClass())) {
            comparer.forEvaluation(labelled).accept(new FinishedRun(List.of(mirrored(response(1), null)),
                    List.of(new RunOutcome.Failed("cut short", true, 5)), List.of(), List.of(), done -> {}));
        }
        assertTrue(journal.flush());
        CriterionResult before = journal.verdict(labelled.pair(), ledger.counts(), Long.MAX_VALUE / 2).orElseThrow()
                .criteria().getFirst();
        assertEquals(1, journal.feedback("m", List.of(new Label("id", List.of("1")))).joined());
        CriterionResult after = journal.verdict(labelled.pair(), ledger.counts(), Long.MAX_VALUE / 2).orElseThrow()
                .criteria().getFirst();
        assertEquals(1, after.samples());
        assertEquals(before.failOdds(), after.failOdds());
        assertTrue(after.passOdds() < 1);
    }

    @Test
    void aFaultThatComesBackWhileItIsBookedEndsNeitherTheComparerNorTheAccount() throws Exception {
        PairEvaluation judged = evaluation(new Terms(Comparators.DEFAULT, Map.of(), Terms.NONE.criteria(),
                Optional.of(new Task(Task.Type.CLASSIFICATION, "out", List.of()))));
        Tensor gone;
        try (Arena arena = Arena.ofShared()) {
            gone = new Tensor("out", DataType.FP32, Shape.of(1, 1), arena.allocate(Float.BYTES));
        }
        List<Mirrored> requests = List.of(
                mirrored(new InferenceResponse("m", "1", List.of(gone), new Timings(0, 0, 1, 0, 1)), null),
                mirrored(response(1), null));
        requests.forEach(request -> ledger.sampled());
        List<Mirrored> released = new ArrayList<>();
        try (Comparer comparer = new Comparer(4, TestLanes.pacedInTheNormalClass())) {
            comparer.forEvaluation(judged)
                    .accept(new FinishedRun(requests, List.of(answer(1), answer(1)), List.of(), List.of(),
                            released::add));
        }
        assertEquals(requests, released);
        assertEquals(1, ledger.counts().failed().get(FailureReason.RUN));
        assertEquals(1, ledger.counts().compared());
        assertEquals(0, ledger.counts().inFlight());
    }
}
