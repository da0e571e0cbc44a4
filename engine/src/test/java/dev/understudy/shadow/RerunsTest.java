package dev.understudy.shadow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.batch.RunOutcome;
import dev.understudy.diff.NoiseFloor;
import dev.understudy.diff.NoiseMeter;
import dev.understudy.infer.InferenceRequest;
import dev.understudy.infer.InferenceResponse;
import dev.understudy.infer.Timings;
import dev.understudy.journal.Journal;
import dev.understudy.journal.JournalLimits;
import dev.understudy.journal.Terms;
import dev.understudy.model.ModelConfig;
import dev.understudy.model.ModelVersion;
import dev.understudy.model.TritonConfig;
import dev.understudy.runtime.Lanes;
import dev.understudy.runtime.OrtInstance;
import dev.understudy.runtime.Signature;
import dev.understudy.runtime.TestGraph;
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
import dev.understudy.verdict.Observation;
import dev.understudy.verdict.Pair;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Second runs with real models, a real comparer and a real journal. Every request is run again.
class RerunsTest {
    private static final int BATCH = 4;
    private static final int BATCHES = 8;
    private static final long HOUR_NANOS = 3_600_000_000_000L;
    private static final long PATIENCE_NANOS = 60_000_000_000L;
    private static final Pair PAIR = new Pair("m", "a".repeat(64), "b".repeat(64), "rules");

    private final Path folder;
    private final Journal journal;
    private final Lanes lanes = TestLanes.pacedInTheNormalClass();
    private final Comparer comparer = new Comparer(4, lanes);
    private final Governor governor = new Governor(lanes, 1, new HeapBudget(Long.MAX_VALUE),
            RunMarks.inMemory(4), loss -> {});
    private final Ledger ledger = new Ledger(LedgerCounts.ZERO);
    private final SessionBudget sessions = new SessionBudget(1 << 20);
    private final List<SecondLook> looks = new CopyOnWriteArrayList<>();
    private final List<String> refusals = new CopyOnWriteArrayList<>();

    RerunsTest(@TempDir Path folder) throws Exception {
        this.folder = folder;
        this.journal = Journal.open(folder.resolve("journal"), JournalLimits.DEFAULTS);
    }

    @AfterEach
    void close() throws Exception {
        governor.close();
        comparer.close();
        journal.close();
    }

    @Test
    void aModelWhoseRowsAreIndependentNeverDiffersFromItself() throws Exception {
        Path model = new TestGraph().input("in", DataType.FP32, "n", "2").output("out", DataType.FP32, "n", "2")
                .node("out", "Relu", List.of("in")).write(folder.resolve("m.onnx"));
        PairEvaluation evaluation = run(model, sessions);
        int reruns = 0;
        for (SecondLook look : looks) {
            switch (observed(evaluation, look)) {
                case Observation.Rerun rerun -> {
                    assertTrue(rerun.champion().getFirst().agrees());
                    assertTrue(rerun.challenger().getFirst().agrees());
                    assertTrue(rerun.championNanos() > 0 && rerun.challengerNanos() > 0, "same batch shape");
                    reruns++;
                }
                case Observation.Repeated repeated -> assertTrue(repeated.differences().getFirst().agrees());
                default -> throw new AssertionError(look);
            }
        }
        assertEquals(BATCH * BATCHES, reruns);
    }

    @Test
    void whatABatchDoesToAnAnswerShowsAsNoiseOfBothModels() throws Exception {
        // As in dynamic quantisation, a scale is taken over the whole batch.
        Path model = new TestGraph().input("in", DataType.FP32, "n", "2").output("out", DataType.FP32, "n", "2")
                .node("most", "ReduceMax", List.of("in")).node("out", "Div", List.of("in", "most"))
                .write(folder.resolve("m.onnx"));
        PairEvaluation evaluation = run(model, sessions);
        int championDiffers = 0;
        int challengerDiffers = 0;
        for (SecondLook look : looks) {
            switch (observed(evaluation, look)) {
                case Observation.Rerun rerun -> championDiffers += rerun.champion().getFirst().agrees() ? 0 : 1;
                case Observation.Repeated repeated ->
                    challengerDiffers += repeated.differences().getFirst().agrees() ? 0 : 1;
                default -> throw new AssertionError(look);
            }
        }
        // Of each batch only the request with the largest value has the answer it has alone.
        assertEquals((BATCH - 1) * BATCHES, championDiffers);
        assertEquals((BATCH - 1) * BATCHES, challengerDiffers);
    }

    @Test
    void invariantI3SecondRunsHaveAnAccountOfTheirOwn() throws Exception {
        Path model = TestGraph.identity(DataType.FP32, "n", "2").write(folder.resolve("m.onnx"));
        PairEvaluation evaluation = run(model, sessions);
        LedgerCounts main = ledger.counts();
        assertEquals(BATCH * BATCHES, main.sampled());
        assertEquals(BATCH * BATCHES, main.compared());
        LedgerCounts own = evaluation.reruns().counts();
        assertEquals(2 * BATCH * BATCHES, own.sampled());
        assertEquals(2 * BATCH * BATCHES, own.compared());
        assertEquals(0, sessions.taken(), "the champion's second session is gone with the line");
    }

    @Test
    void withoutRoomForTheChampionTheChallengerShadowsAllTheSame() throws Exception {
        Path model = TestGraph.identity(DataType.FP32, "n", "2").write(folder.resolve("m.onnx"));
        PairEvaluation evaluation = run(model, new SessionBudget(0));
        assertEquals(BATCH * BATCHES, ledger.counts().compared());
        assertEquals(BATCH * BATCHES, evaluation.reruns().counts().compared(), "the challenger needs no session");
        assertEquals(1, refusals.size(), refusals::toString);
    }

    @Test
    void aChampionThatMayNotBeBatchedRunsAloneAndItsTimesCountForNothing() throws Exception {
        Path model = TestGraph.identity(DataType.FP32, "n", "2").write(folder.resolve("m.onnx"));
        Path fixed = TestGraph.identity(DataType.FP32, "1", "2").write(folder.resolve("fixed.onnx"));
        PairEvaluation evaluation = run(model, fixed, sessions);
        for (SecondLook look : looks) {
            if (observed(evaluation, look) instanceof Observation.Rerun rerun) {
                assertTrue(rerun.champion().getFirst().agrees());
                assertTrue(rerun.championNanos() < 0);
            }
        }
        assertEquals(0, evaluation.reruns().counts().failedTotal());
    }

    private PairEvaluation run(Path model, SessionBudget room) throws Exception {
        return run(model, model, room);
    }

    /// Offers full batches with what the champion answers to each request alone, and waits until all is booked.
    private PairEvaluation run(Path challenger, Path champion, SessionBudget room) throws Exception {
        PairEvaluation evaluation = evaluation();
        ModelConfig config = new ModelConfig(OptionalInt.of(BATCH), 0, 10, 1, 1, Map.of(), Map.of(),
                TritonConfig.ABSENT);
        ShadowLimits limits = new ShadowLimits(1 << 20, 1 << 30, HOUR_NANOS, BATCH, HOUR_NANOS, HOUR_NANOS,
                HOUR_NANOS);
        RerunPlan plan = new RerunPlan(version(champion), 1, 1, evaluation.reruns(), room, refusals::add);
        Comparisons books = comparer.forEvaluation(evaluation);
        try (OrtInstance alone = OrtInstance.load(champion, 1);
                ShadowLine line = new ShadowLine(governor, version(challenger), config, limits, ledger, List.of(), plan,
                        run -> {
                            looks.addAll(run.looks());
                            books.accept(run);
                        })) {
            for (int i = 0; i < BATCH * BATCHES; i++) {
                float value = 1 + i % BATCH;
                InferenceRequest request = new InferenceRequest("m", null, "request-" + i, null,
                        List.of(Tensor.ofFloats("in", Shape.of(1, 2), value, value / 2)), List.of(), null, 0);
                line.offer(request, new InferenceResponse("m", "1", alone.runAlone(request.inputs()),
                        new Timings(0, 0, 1, 0, 1)), true);
            }
            long start = System.nanoTime();
            while (ledger.counts().inFlight() > 0) {
                assertTrue(System.nanoTime() - start < PATIENCE_NANOS, () -> "not drained: " + ledger.counts());
                LockSupport.parkNanos(1_000_000);
            }
        }
        return evaluation;
    }

    private PairEvaluation evaluation() {
        journal.begin(PAIR, 0, Terms.NONE);
        return new PairEvaluation("m", PAIR, Terms.NONE, journal, pairing(), ledger, new Segments(),
                new NoiseMeter(NoiseFloor.NONE), Agreement.NONE);
    }

    private static Pairing pairing() {
        Signature signature = new Signature(List.of(new TensorSpec("in", DataType.FP32, Shape.of(-1, 2))),
                List.of(new TensorSpec("out", DataType.FP32, Shape.of(-1, 2))), true);
        return assertInstanceOf(Pairing.Attempt.Paired.class, Pairing.of(signature, signature, Map.of())).pairing();
    }

    private static ModelVersion version(Path file) {
        return new ModelVersion("m", "2", "0".repeat(64), file, 0);
    }

    private static Observation observed(PairEvaluation evaluation, SecondLook look) {
        return assertInstanceOf(Observation.class, look.observation(evaluation, 0, null));
    }

    @Test
    void aChallengersRunCutShortStandsAgainstItAndAChampionsTellsNothing() throws Exception {
        PairEvaluation evaluation = evaluation();
        InferenceRequest request = new InferenceRequest("m", null, "request", null,
                List.of(Tensor.ofFloats("in", Shape.of(1, 2), 1, 2)), List.of(), null, 0);
        InferenceResponse first = new InferenceResponse("m", "1", List.of(Tensor.ofFloats("out", Shape.of(1, 2), 1, 2)),
                new Timings(0, 0, 1, 0, 1));
        Mirrored mirrored = new Mirrored(request, first, 0);
        RunOutcome answer = new RunOutcome.Answered(first.outputs(), first.timings());
        RunOutcome cutShort = new RunOutcome.Failed("cancelled", true, 1);
        SecondLook look = new SecondLook.OfChampion(mirrored, first, cutShort, answer);
        Observation.RerunCutShort seen = assertInstanceOf(Observation.RerunCutShort.class, observed(evaluation, look));
        assertTrue(seen.champion().getFirst().agrees());
        assertEquals(1, seen.championNanos());
        evaluation.reruns().sampled();
        look.book(evaluation, 0);
        assertEquals(1, evaluation.reruns().counts().failed().get(FailureReason.TIMEOUT));
        assertNull(new SecondLook.OfChampion(mirrored, first, answer, cutShort).observation(evaluation, 0, null));
    }

    @Test
    void aProbeCutShortStandsAgainstPassingAndNotForFailing() throws Exception {
        Terms terms = Terms.NONE.with(Criteria.parse("promote_when: [latency_p99: {at_most: 1ms}]"));
        Pair pair = new Pair("m", "a".repeat(64), "b".repeat(64), "other rules");
        journal.begin(pair, 0, terms);
        PairEvaluation evaluation = new PairEvaluation("m", pair, terms, journal, pairing(), ledger, new Segments(),
                new NoiseMeter(NoiseFloor.NONE), Agreement.NONE);
        InferenceRequest request = new InferenceRequest("m", null, "request", null, List.of(), List.of(), null, 0);
        evaluation.probed(request, new RunOutcome.Failed("cancelled", true, 1), 1);
        assertTrue(journal.flush());
        CriterionResult cutShort = journal.verdict(pair, LedgerCounts.ZERO, Long.MAX_VALUE / 2).orElseThrow().criteria()
                .getFirst();
        assertEquals(1, cutShort.samples());
        assertEquals(1, cutShort.failOdds(), 1e-12);
        assertTrue(cutShort.passOdds() < 1);
        evaluation.probed(request, new RunOutcome.Failed("its own fault", false, 1), 1);
        assertTrue(journal.flush());
        assertTrue(journal.verdict(pair, LedgerCounts.ZERO, Long.MAX_VALUE / 2).orElseThrow().criteria().getFirst()
                .failOdds() > 1);
    }
}
