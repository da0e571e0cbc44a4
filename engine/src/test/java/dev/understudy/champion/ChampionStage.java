package dev.understudy.champion;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.infer.InferenceRequest;
import dev.understudy.model.ModelConfig;
import dev.understudy.model.ModelVersion;
import dev.understudy.model.TritonConfig;
import dev.understudy.models.SyntheticModels;
import dev.understudy.runtime.CpuLanes;
import dev.understudy.runtime.DeviceLoss;
import dev.understudy.runtime.Isolation;
import dev.understudy.runtime.Lane;
import dev.understudy.runtime.ModelLoadException;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.Tensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// Champions of a model `m`, and requests for them.
abstract class ChampionStage {
    static final long PATIENCE_SECONDS = 60;
    private static final Lane LANE = CpuLanes.open(Isolation.NONE, refusal -> {}).champion();

    final Path folder;

    ChampionStage(Path folder) {
        this.folder = folder;
    }

    static ModelVersion version(Path file) {
        return new ModelVersion("m", "1", "0".repeat(64), file, 0);
    }

    static ChampionLine line(Path file, ModelConfig config, Mirror mirror) throws ModelLoadException {
        return line(file, config, mirror, loss -> {});
    }

    static ChampionLine line(Path file, ModelConfig config, Mirror mirror, Consumer<DeviceLoss> losses)
            throws ModelLoadException {
        return new ChampionLine(LANE, version(file), config, 1 << 20, mirror, fault -> {}, losses);
    }

    /// A model whose output is its input, two numbers a row.
    Path identity() throws Exception {
        return Files.write(folder.resolve("identity.onnx"), SyntheticModels.identity(2));
    }

    /// A request for [#identity], unlike that of any other number.
    static InferenceRequest request(int number) {
        return new InferenceRequest("m", null, "r" + number, null,
                List.of(Tensor.ofFloats("input", Shape.of(1, 2), number, -number)), List.of(), null, System.nanoTime());
    }

    static ModelConfig config(int instances, int maxBatchSize, int maxQueueSize) {
        return new ModelConfig(OptionalInt.of(maxBatchSize), 0, maxQueueSize, instances, 1, Map.of(), Map.of(),
                TritonConfig.ABSENT);
    }

    static void await(CountDownLatch latch) {
        try {
            assertTrue(latch.await(PATIENCE_SECONDS, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
