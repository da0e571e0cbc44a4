package dev.understudy.shadow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.model.ModelConfig;
import dev.understudy.model.ModelVersion;
import dev.understudy.runtime.DeviceHealth;
import dev.understudy.runtime.DeviceLoss;
import dev.understudy.runtime.DeviceLoss.Part;
import dev.understudy.runtime.ModelLoadException;
import dev.understudy.runtime.TestGraph;
import dev.understudy.tensor.DataType;
import dev.understudy.verdict.LedgerCounts;
import dev.understudy.verdict.ShedReason;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The lines of the shadow side when the device is lost. A model that fails on some requests stands in for a broken context:
/// ONNX Runtime says the same of both, and the driver, here the test, tells them apart.
class DeviceLostLineTest extends ShadowLineStage {
    private final RunMarks marks = RunMarks.inMemory(4);
    private final List<DeviceLoss> losses = new CopyOnWriteArrayList<>();
    private final List<List<String>> ranThen = new CopyOnWriteArrayList<>();
    private final Governor watched = new Governor(lanes, 1, new HeapBudget(Long.MAX_VALUE), marks, loss -> {
        losses.add(loss);
        ranThen.add(marks.running());
    });

    DeviceLostLineTest(@TempDir Path folder) {
        super(folder);
    }

    @AfterEach
    void stopWatching() {
        DeviceHealth.ask(Optional::empty);
        watched.close();
    }

    /// Fails on whatever begins with 200 or more, which requests of two rows do.
    private Path fragile() throws Exception {
        return new TestGraph().input("input", DataType.FP32, "n", "2").output("output", DataType.FP32, "n", "2")
                .floats("table", new float[110], 110).longs("first", new long[]{0}, 1)
                .node("column", "Gather", List.of("input", "first"), TestGraph.attribute("axis", 1))
                .node("index", "Cast", List.of("column"), TestGraph.attribute("to", 7))
                .node("nothing", "Gather", List.of("table", "index"))
                .node("output", "Add", List.of("input", "nothing")).write(folder.resolve("fragile.onnx"));
    }

    private ModelVersion version() throws Exception {
        return new ModelVersion("m", "2", "a".repeat(64), fragile(), 0);
    }

    private ShadowLine watchedLine(RerunPlan plan) throws Exception {
        return new ShadowLine(watched, version(), ModelConfig.DEFAULT, limits(HOUR_NANOS, 1, 0, HOUR_NANOS), ledger,
                List.of(), plan, this::book);
    }

    @Test
    void aRunThatFindsTheDeviceLostIsToldOfWithItsMarkAndItsRequestsAreNoEvidence() throws Exception {
        try (ShadowLine line = watchedLine(RerunPlan.none())) {
            line.offer(request(1, 2), CHAMPION, true);
            assertEquals(1, drained().compared());
            DeviceHealth.ask(() -> Optional.of("CUDA_ERROR_ILLEGAL_ADDRESS"));
            line.offer(request(2, 2), CHAMPION, true);
            line.offer(request(1, 2), CHAMPION, true);
            LedgerCounts counts = drained();
            assertEquals(Map.of(ShedReason.RETIRED, 2L), positive(counts.shed()));
            assertEquals(Map.of(), positive(counts.failed()), "a lost device says nothing of the model");
            assertEquals(1, finished.size());
            assertEquals(List.of(new DeviceLoss(version(), Part.CHALLENGER, "CUDA_ERROR_ILLEGAL_ADDRESS")), losses);
            assertEquals(List.of(List.of("a".repeat(64))), ranThen);
        }
        assertEquals(List.of(), marks.running());
    }

    @Test
    void aRunThatMerelyFailsIsNoLostDevice() throws Exception {
        try (ShadowLine line = watchedLine(RerunPlan.none())) {
            line.offer(request(2, 2), CHAMPION, true);
            assertEquals(1, positive(drained().failed()).size());
            line.offer(request(1, 2), CHAMPION, true);
            assertEquals(1, drained().compared());
        }
        assertEquals(List.of(), losses);
    }

    @Test
    void aLoadThatFindsTheDeviceLostIsToldOfAndThereIsNoLine() throws Exception {
        DeviceHealth.ask(() -> Optional.of("CUDA_ERROR_ILLEGAL_ADDRESS"));
        Path missing = folder.resolve("missing.onnx");
        ModelVersion version = new ModelVersion("m", "2", "a".repeat(64), missing, 0);
        assertThrows(ModelLoadException.class, () -> new ShadowLine(watched, version, ModelConfig.DEFAULT,
                limits(HOUR_NANOS, 1, 0, HOUR_NANOS), ledger, List.of(), RerunPlan.none(), this::book));
        assertEquals(List.of(new DeviceLoss(version, Part.CHALLENGER, "CUDA_ERROR_ILLEGAL_ADDRESS")), losses);
        assertEquals(List.of(List.of("a".repeat(64))), ranThen);
    }

    @Test
    void aChampionThatIsRunAgainIsNotMarked() throws Exception {
        ModelVersion champion = new ModelVersion("m", "1", "c".repeat(64), fragile(), 0);
        Guard guard = watched.guardOfChampion(champion);
        assertThrows(IllegalStateException.class, () -> guard.run(() -> {
            assertEquals(List.of(), marks.running());
            throw new IllegalStateException("on purpose");
        }));
        assertTrue(losses.isEmpty());
    }

    @Test
    void aProbeThatFindsTheDeviceLostIsToldOfAndEndsItsLine() throws Exception {
        SessionBudget sessions = new SessionBudget(1 << 20);
        Ledger probes = new Ledger(LedgerCounts.ZERO);
        ProbeLine line = new ProbeLine(watched, version(), ModelConfig.DEFAULT,
                limits(HOUR_NANOS, 1, 0, HOUR_NANOS), probes, sessions, (request, outcome, nanos) -> {
                    throw new AssertionError("it is no evidence: " + outcome);
                });
        DeviceHealth.ask(() -> Optional.of("CUDA_ERROR_ASSERT"));
        long draw = 0;
        while (!ProbeLine.LOT.chooses(draw)) {
            draw += 0x9e3779b97f4a7c15L;
        }
        line.offer(draw, request(2, 2), CHAMPION);
        while (probes.counts().inFlight() > 0) {
            Thread.onSpinWait();
        }
        line.close();
        assertEquals(Map.of(ShedReason.RETIRED, 1L), positive(probes.counts().shed()));
        assertEquals(List.of(new DeviceLoss(version(), Part.CHALLENGER, "CUDA_ERROR_ASSERT")), losses);
        assertEquals(List.of(List.of("a".repeat(64))), ranThen);
        assertEquals(0, sessions.taken());
        assertTrue(lanes.champion().activity().idle());
    }
}
