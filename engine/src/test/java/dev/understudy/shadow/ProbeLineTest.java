package dev.understudy.shadow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.infer.InferenceFailure;
import dev.understudy.infer.InferenceRequest;
import dev.understudy.model.ModelConfig;
import dev.understudy.model.ModelVersion;
import dev.understudy.models.SyntheticModels;
import dev.understudy.runtime.Lanes;
import dev.understudy.runtime.ModelLoadException;
import dev.understudy.runtime.TestLanes;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.Tensor;
import dev.understudy.verdict.FailureReason;
import dev.understudy.verdict.LedgerCounts;
import dev.understudy.verdict.ShedReason;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Latency probes with a real model, in lanes that are theirs alone.
class ProbeLineTest {
    private static final InferenceFailure CHAMPION = InferenceFailure.invalid("nobody looks at it here");
    private static final long HOUR_NANOS = 3_600_000_000_000L;
    private static final long PATIENCE_NANOS = 60_000_000_000L;
    private static final ShadowLimits LIMITS = new ShadowLimits(4096, 1 << 30, HOUR_NANOS, 8, 0, HOUR_NANOS,
            HOUR_NANOS);

    private final Path file;
    private final Ledger ledger = new Ledger(LedgerCounts.ZERO);
    private final List<Long> nanos = new CopyOnWriteArrayList<>();
    private final SessionBudget sessions = new SessionBudget(1 << 20);
    private final Lanes lanes = TestLanes.pacedInTheNormalClass();
    private final HeapBudget heap = new HeapBudget(Long.MAX_VALUE);
    private final Governor governor = new Governor(lanes, 1, heap, RunMarks.inMemory(4), loss -> {});
    private int ids;

    ProbeLineTest(@TempDir Path folder) throws Exception {
        file = Files.write(folder.resolve("identity.onnx"), SyntheticModels.identity(2));
    }

    @AfterEach
    void stopGoverning() {
        governor.close();
    }

    @Test
    void aProbeIsTimedAndBookedInTheAccountOfProbes() throws Exception {
        try (ProbeLine line = line()) {
            offer(line, 2);
            LedgerCounts counts = drained();
            assertEquals(1, counts.compared(), counts::toString);
            assertEquals(1, nanos.size());
            assertTrue(nanos.getFirst() > 0);
            assertTrue(lanes.champion().activity().idle());
        }
    }

    @Test
    void whileTheChampionIsBusyNoProbeRuns() throws Exception {
        lanes.champion().activity().began();
        try (ProbeLine line = line()) {
            offer(line, 2);
            offer(line, 2);
            LedgerCounts counts = drained();
            assertEquals(2, counts.shed().get(ShedReason.STARVED), counts::toString);
            assertEquals(List.of(), nanos);
        }
    }

    @Test
    void aRequestTheChallengerCannotTakeIsNoProbe() throws Exception {
        try (ProbeLine line = line()) {
            offer(line, 3);
            assertEquals(1, drained().failed().get(FailureReason.INCOMPATIBLE));
            assertEquals(List.of(), nanos);
        }
    }

    @Test
    void ofTheMirroredRequestsFewAreChosen() throws Exception {
        try (ProbeLine line = line()) {
            for (int i = 0; i < 20_000; i++) {
                String id = "request-" + i;
                line.offer(Sampler.draw(id), request(id, 2), CHAMPION);
            }
            assertEquals(ProbeLine.SHARE, ledger.counts().sampled() / 20_000.0, 0.005);
        }
    }

    @Test
    void retiringUnderLoadLeaksNothingAndTheAccountBalances() throws Exception {
        ProbeLine line = line();
        assertTrue(sessions.taken() > 0);
        for (int i = 0; i < 200; i++) {
            offer(line, 2);
        }
        line.close();
        offer(line, 2);
        assertEquals(0, ledger.counts().inFlight());
        assertEquals(201, ledger.counts().sampled());
        assertEquals(0, heap.taken());
        assertEquals(0, sessions.taken());
        assertTrue(lanes.champion().activity().idle());
    }

    @Test
    void withoutRoomForItsSessionThereIsNoLine() {
        SessionBudget none = new SessionBudget(0);
        assertThrows(ModelLoadException.class, () -> new ProbeLine(governor, version(), ModelConfig.DEFAULT, LIMITS,
                ledger, none, (request, outcome, took) -> nanos.add(took)));
        assertEquals(0, none.taken());
    }

    private ModelVersion version() {
        return new ModelVersion("m", "2", "0".repeat(64), file, 0);
    }

    private ProbeLine line() throws ModelLoadException {
        return new ProbeLine(governor, version(), ModelConfig.DEFAULT, LIMITS, ledger, sessions,
                (request, outcome, took) -> nanos.add(took));
    }

    /// A request that is among those to probe.
    private void offer(ProbeLine line, int width) {
        String id;
        do {
            id = "request-" + ids++;
        } while (!ProbeLine.LOT.chooses(Sampler.draw(id)));
        line.offer(Sampler.draw(id), request(id, width), CHAMPION);
    }

    private static InferenceRequest request(String id, int width) {
        return new InferenceRequest("m", null, id, null,
                List.of(Tensor.ofFloats("input", Shape.of(1, width), new float[width])), List.of(), null, 0);
    }

    /// The account once nothing is in flight; the patience only bounds a failure.
    private LedgerCounts drained() {
        long start = System.nanoTime();
        while (ledger.counts().inFlight() > 0) {
            assertTrue(System.nanoTime() - start < PATIENCE_NANOS, () -> "not drained: " + ledger.counts());
            LockSupport.parkNanos(1_000_000);
        }
        return ledger.counts();
    }
}
