package dev.understudy.shadow;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.batch.RunOutcome;
import dev.understudy.infer.InferenceFailure;
import dev.understudy.infer.InferenceRequest;
import dev.understudy.model.ModelConfig;
import dev.understudy.model.ModelVersion;
import dev.understudy.model.TritonConfig;
import dev.understudy.models.SyntheticModels;
import dev.understudy.runtime.Lanes;
import dev.understudy.runtime.ModelLoadException;
import dev.understudy.runtime.TestLanes;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.Tensor;
import dev.understudy.verdict.FailureReason;
import dev.understudy.verdict.LedgerCounts;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;

/// Shadow lines with real models and a comparer of the tests' own, which books what it is given. What is tested of them stands in
/// the classes that extend it.
abstract class ShadowLineStage {
    static final Path SLOW = Path.of("../models/challengers/faulty/slow.onnx");
    static final InferenceFailure CHAMPION = InferenceFailure.invalid("nobody looks at it here");
    static final long HOUR_NANOS = 3_600_000_000_000L;
    static final long PATIENCE_NANOS = 60_000_000_000L;
    /// Rows of the slow model that keep a core busy for far longer than it takes to cancel them.
    static final int MANY_ROWS = 8_192;

    final Path folder;
    final Ledger ledger = new Ledger(LedgerCounts.ZERO);
    final List<FinishedRun> finished = new CopyOnWriteArrayList<>();
    final Lanes lanes = TestLanes.pacedInTheNormalClass();
    final Governor governor = new Governor(lanes, 1, new HeapBudget(Long.MAX_VALUE), RunMarks.inMemory(4), loss -> {});

    @AfterEach
    void stopGoverning() {
        governor.close();
    }

    ShadowLineStage(Path folder) {
        this.folder = folder;
    }

    LedgerCounts drained() {
        return drained(() -> {});
    }

    /// The account once nothing is in flight; `meanwhile` is done again and again. The patience only bounds a failure.
    LedgerCounts drained(Runnable meanwhile) {
        long start = System.nanoTime();
        while (ledger.counts().inFlight() > 0) {
            assertTrue(System.nanoTime() - start < PATIENCE_NANOS, () -> "not drained: " + ledger.counts());
            meanwhile.run();
            LockSupport.parkNanos(100_000);
        }
        return ledger.counts();
    }

    void book(FinishedRun run) {
        finished.add(run);
        run.requests().forEach(run.release());
        for (Mirrored refused : run.refused()) {
            run.release().accept(refused);
            ledger.failed(FailureReason.INCOMPATIBLE);
        }
        for (RunOutcome outcome : run.outcomes()) {
            if (outcome instanceof RunOutcome.Failed failed) {
                ledger.failed(failed.cancelled() ? FailureReason.TIMEOUT : FailureReason.RUN);
            } else {
                ledger.compared();
            }
        }
    }

    static <K> Map<K, Long> positive(Map<K, Long> counts) {
        return counts.entrySet().stream().filter(entry -> entry.getValue() > 0)
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    Path identity() throws Exception {
        return Files.write(folder.resolve("identity.onnx"), SyntheticModels.identity(2));
    }

    static InferenceRequest request(int rows, int width) {
        float[] values = new float[rows * width];
        for (int i = 0; i < values.length; i++) {
            values[i] = 100 * rows + i;
        }
        return new InferenceRequest("m", null, "id", null,
                List.of(Tensor.ofFloats("input", Shape.of(rows, width), values)), List.of(), null, 0);
    }

    static InferenceRequest slowRequest(int rows) {
        return new InferenceRequest("m", null, "id", null,
                List.of(Tensor.ofFloats("image", Shape.of(rows, 64), new float[rows * 64])), List.of(), null, 0);
    }

    static ShadowLimits limits(long ageNanosMax, int batchRowsMax, long batchDelayNanos, long runNanosMax) {
        return new ShadowLimits(1 << 20, 1 << 30, ageNanosMax, batchRowsMax, batchDelayNanos, HOUR_NANOS,
                runNanosMax);
    }

    ShadowLine line(Path file, ShadowLimits limits) throws ModelLoadException {
        return line(file, limits, 8);
    }

    ShadowLine line(Path file, ShadowLimits limits, int maxBatchSize) throws ModelLoadException {
        ModelConfig config = new ModelConfig(OptionalInt.of(maxBatchSize), 0, 10, 1, 1, Map.of(), Map.of(),
                TritonConfig.ABSENT);
        return new ShadowLine(governor, new ModelVersion("m", "2", "0".repeat(64), file, 0),
                config, limits, ledger, List.of(), RerunPlan.none(), this::book);
    }
}
