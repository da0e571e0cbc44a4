package dev.understudy.shadow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.batch.RunOutcome;
import dev.understudy.diff.NoiseFloor;
import dev.understudy.diff.NoiseMeter;
import dev.understudy.infer.InferenceRequest;
import dev.understudy.infer.Timings;
import dev.understudy.journal.Journal;
import dev.understudy.journal.JournalLimits;
import dev.understudy.journal.Order;
import dev.understudy.journal.Terms;
import dev.understudy.runtime.Signature;
import dev.understudy.runtime.TestLanes;
import dev.understudy.tensor.DataType;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.Tensor;
import dev.understudy.tensor.TensorSpec;
import dev.understudy.verdict.Agreement;
import dev.understudy.verdict.Criteria;
import dev.understudy.verdict.LedgerCounts;
import dev.understudy.verdict.Pair;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ComparisonWarmUpTest {
    private static final Signature CHAMPION = signature("out");
    private static final Signature CHALLENGER = signature("scores");
    private static final Pair PAIR = new Pair("m", "a".repeat(64), "b".repeat(64), "rules");
    private static final InferenceRequest REQUEST = new InferenceRequest("m", null, "calibration", null,
            List.of(Tensor.ofFloats("in", Shape.of(1, 1), 1)), List.of(), null, 0);

    private final Journal journal;
    private final Ledger ledger = new Ledger(LedgerCounts.ZERO);
    private final Segments segments = new Segments();
    private final PairEvaluation evaluation;
    private long nowNanos;

    ComparisonWarmUpTest(@TempDir Path folder) throws Exception {
        journal = Journal.open(folder, JournalLimits.DEFAULTS);
        Terms terms = new Terms(Terms.NONE.comparators(), Map.of(), Criteria.parse("""
                promote_when:
                - agreement: {at_least: 50%}
                """), Optional.empty());
        journal.begin(PAIR, 0, terms);
        evaluation = new PairEvaluation("m", PAIR, terms, journal,
                ((Pairing.Attempt.Paired) Pairing.of(CHAMPION, CHALLENGER, Map.of("out", "scores"))).pairing(), ledger,
                segments, new NoiseMeter(NoiseFloor.NONE), Agreement.NONE);
    }

    private static Signature signature(String output) {
        return new Signature(List.of(new TensorSpec("in", DataType.FP32, Shape.of(-1, 1))),
                List.of(new TensorSpec(output, DataType.FP32, Shape.of(-1, 1))), true);
    }

    @AfterEach
    void closeJournal() throws Exception {
        journal.close();
    }

    @Test
    void itComparesAsOftenAsIsEnoughAndNoLongerThanItMay() {
        assertEquals(ComparisonWarmUp.COMPARISONS_MAX, new ComparisonWarmUp(() -> nowNanos).run(evaluation, REQUEST,
                answer()));
        long stepNanos = TimeUnit.MILLISECONDS.toNanos(1);
        // The first look at the clock is not yet one comparison.
        assertEquals(ComparisonWarmUp.NANOS_MAX / stepNanos - 1,
                new ComparisonWarmUp(() -> nowNanos += stepNanos).run(evaluation, REQUEST, answer()));
    }

    @Test
    void nothingOfItIsBooked() throws Exception {
        try (Comparer comparer = new Comparer(4, TestLanes.pacedInTheNormalClass())) {
            comparer.forEvaluation(evaluation).rehearse(REQUEST, answer());
        }
        assertTrue(journal.flush());
        assertEquals(LedgerCounts.ZERO, ledger.counts());
        assertEquals(LedgerCounts.ZERO, evaluation.reruns().counts());
        assertEquals(Agreement.NONE, evaluation.agreement());
        assertEquals("", evaluation.lastFailure());
        assertEquals(List.of(), journal.comparisons(PAIR, Order.NEWEST, 10, null));
        assertEquals(List.of(), journal.minutes(PAIR));
        assertEquals(0, journal.verdict(PAIR, ledger.counts(), 5).orElseThrow().criteria().getFirst().samples());
    }

    @Test
    void whatCannotBeComparedIsNoReasonAgainstTheChallenger() {
        Tensor gone;
        try (Arena arena = Arena.ofShared()) {
            gone = new Tensor("scores", DataType.FP32, Shape.of(1, 1), arena.allocate(Float.BYTES));
        }
        assertEquals(0, new ComparisonWarmUp(() -> nowNanos).run(evaluation, REQUEST, answer(gone)));
        assertEquals("", evaluation.lastFailure());
    }

    private static RunOutcome.Answered answer() {
        return answer(Tensor.ofFloats("scores", Shape.of(1, 1), 1));
    }

    private static RunOutcome.Answered answer(Tensor output) {
        return new RunOutcome.Answered(List.of(output), new Timings(0, 0, 1, 0, 1));
    }
}
