package dev.understudy.shadow;

import static dev.understudy.shadow.ComparerFixture.answer;
import static dev.understudy.shadow.ComparerFixture.mirrored;
import static dev.understudy.shadow.ComparerFixture.response;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.batch.RunOutcome;
import dev.understudy.diff.Comparators;
import dev.understudy.infer.InferenceFailure;
import dev.understudy.infer.InferenceResponse;
import dev.understudy.infer.Timings;
import dev.understudy.journal.Order;
import dev.understudy.journal.StoredComparison;
import dev.understudy.journal.Terms;
import dev.understudy.tensor.DataType;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.Tensor;
import dev.understudy.verdict.Agreement;
import dev.understudy.verdict.FailureReason;
import dev.understudy.verdict.MinuteCounts;
import dev.understudy.verdict.Task;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the comparer books, and what of it is kept.
class ComparerTest {
    private final ComparerFixture fixture;
    private final PairEvaluation evaluation;

    ComparerTest(@TempDir Path folder) {
        fixture = new ComparerFixture(folder);
        evaluation = fixture.begun(Terms.NONE);
    }

    @AfterEach
    void closeJournal() throws Exception {
        fixture.close();
    }

    @Test
    void whatTheChampionFailedOnIsNeitherComparedNorATrialOfAgreement() throws Exception {
        fixture.compare(evaluation, List.of(mirrored(InferenceFailure.invalid("it failed"), null)), List.of(answer(1)));
        assertEquals(0, fixture.ledger.counts().compared());
        assertEquals(1, fixture.ledger.counts().failed().get(FailureReason.INCOMPATIBLE));
        assertEquals(0, fixture.ledger.counts().inFlight());
        assertEquals(Agreement.NONE, evaluation.agreement());
        assertTrue(fixture.journal.flush());
        assertEquals(List.of(), fixture.journal.minutes(evaluation.pair()));
    }

    @Test
    void agreementIsCountedAlikeHereAndInTheJournal() throws Exception {
        fixture.compare(evaluation,
                List.of(mirrored(response(1), null), mirrored(response(1), null), mirrored(response(1), null)),
                List.of(answer(1), answer(2), answer(1)));
        assertEquals(new Agreement(3, 2), evaluation.agreement());
        assertEquals(3, fixture.ledger.counts().compared());
        assertTrue(fixture.journal.flush());
        assertEquals(evaluation.agreement(), fixture.journal.evaluation(evaluation.pair()).orElseThrow().agreement());
        assertEquals(3, fixture.journal.comparisons(evaluation.pair(), Order.WORST, 10, null).size());
    }

    @Test
    void aFailedRunIsBookedByItsReasonAndItsWordsAreKept() {
        fixture.compare(evaluation, List.of(mirrored(response(1), null), mirrored(response(1), null)),
                List.of(new RunOutcome.Failed("no such row", false, 5), new RunOutcome.Failed("too long", true, 5)));
        assertEquals(1, fixture.ledger.counts().failed().get(FailureReason.RUN));
        assertEquals(1, fixture.ledger.counts().failed().get(FailureReason.TIMEOUT));
        assertEquals("too long", evaluation.lastFailure());
        assertEquals(Agreement.NONE, evaluation.agreement());
    }

    @Test
    void invariantI5ClientsCannotMakeTheRecordGrowBySegments() throws Exception {
        for (int i = 0; i < 200; i++) {
            fixture.compare(evaluation,
                    List.of(mirrored(response(1), "tenant-" + i), mirrored(response(1), "x".repeat(1_000 + i))),
                    List.of(answer(1), answer(1)));
        }
        assertTrue(fixture.journal.flush());
        List<MinuteCounts> minutes = fixture.journal.minutes(evaluation.pair());
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
            fixture.compare(evaluation, List.of(mirrored(response(1), id, "s \u0000 \ud83c\udfad \ud800")),
                    List.of(answer(1)));
        }
        assertTrue(fixture.journal.flush());
        List<StoredComparison> kept = fixture.journal.comparisons(evaluation.pair(), Order.NEWEST, 10, null).reversed();
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
        try (Comparer comparer = ComparerFixture.comparer()) {
            for (int i = 0; i < runs; i++) {
                fixture.ledger.sampled();
                comparer.forEvaluation(evaluation)
                        .accept(new FinishedRun(List.of(mirrored(response(1), null)), List.of(answer(1)), List.of(),
                                List.of(),
                                done -> {}));
            }
        }
        assertEquals(new Agreement(runs, runs), evaluation.agreement());
        assertEquals(runs, fixture.ledger.counts().compared());
    }

    @Test
    void aFaultThatComesBackWhileItIsBookedEndsNeitherTheComparerNorTheAccount() throws Exception {
        PairEvaluation judged = fixture.begun(new Terms(Comparators.DEFAULT, Map.of(), Terms.NONE.criteria(),
                Optional.of(new Task(Task.Type.CLASSIFICATION, "out", List.of()))));
        Tensor gone;
        try (Arena arena = Arena.ofShared()) {
            gone = new Tensor("out", DataType.FP32, Shape.of(1, 1), arena.allocate(Float.BYTES));
        }
        List<Mirrored> requests = List.of(
                mirrored(new InferenceResponse("m", "1", List.of(gone), new Timings(0, 0, 1, 0, 1)), null),
                mirrored(response(1), null));
        requests.forEach(request -> fixture.ledger.sampled());
        List<Mirrored> released = new ArrayList<>();
        try (Comparer comparer = ComparerFixture.comparer()) {
            comparer.forEvaluation(judged)
                    .accept(new FinishedRun(requests, List.of(answer(1), answer(1)), List.of(), List.of(),
                            released::add));
        }
        assertEquals(requests, released);
        assertEquals(1, fixture.ledger.counts().failed().get(FailureReason.RUN));
        assertEquals(1, fixture.ledger.counts().compared());
        assertEquals(0, fixture.ledger.counts().inFlight());
    }
}
