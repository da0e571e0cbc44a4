package dev.understudy.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.engine.EngineConfig.LogEvent;
import dev.understudy.engine.ModelStatus.State;
import dev.understudy.infer.InferenceOutcome;
import dev.understudy.infer.InferenceRequest;
import dev.understudy.infer.InferenceResponse;
import dev.understudy.infer.RequestIds;
import dev.understudy.models.SyntheticModels;
import dev.understudy.runtime.CudaSettings;
import dev.understudy.runtime.DeviceChoice;
import dev.understudy.runtime.Gpu;
import dev.understudy.runtime.Isolation;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.Tensor;
import dev.understudy.verdict.LedgerCounts;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// The whole engine on a GPU: a champion answers, a file that is dropped in passes probation in a process of its own on the
/// same GPU, shadows in the low-priority lane, and is compared.
@Tag("gpu")
class CudaEngineTest {
    private static final int WIDTH = 64;
    private static final int REQUESTS = 200;

    @RegisterExtension
    final Gpu gpu = new Gpu(CudaSettings.DEFAULT, Isolation.PACED);
    private final List<LogEvent> log = new CopyOnWriteArrayList<>();
    private final RequestIds ids = new RequestIds();

    @Test
    void whatIsDroppedInIsProbedShadowedAndComparedOnTheGpu(@TempDir Path folder) throws Exception {
        Path model = Files.createDirectories(folder.resolve("repository/mlp"));
        byte[] bytes = SyntheticModels.mlp(WIDTH, 3);
        Files.write(model.resolve("1.onnx"), bytes);
        EngineConfig config = new EngineConfig(folder.resolve("repository"), folder.resolve("state"), Limits.DEFAULT,
                new DeviceChoice.Cuda(0), new CudaSettings(0, false, false, true, 32, 0),
                new ShadowConfig(Isolation.PACED, 1), log::add);
        try (Engine engine = Engine.start(config)) {
            assertTrue(log.stream().anyMatch(event -> event.message().startsWith("models run on cuda:0")),
                    log::toString);
            // The same model under other bytes: field 6 of ONNX's `ModelProto`, a document string, of one letter.
            byte[] twin = Arrays.copyOf(bytes, bytes.length + 3);
            System.arraycopy(new byte[]{0x32, 1, 'x'}, 0, twin, bytes.length, 3);
            Files.write(model.resolve("2.onnx.part"), twin);
            Files.move(model.resolve("2.onnx.part"), model.resolve("2.onnx"));
            EngineHarness.await(() -> challenger(engine).filter(c -> c.state() == State.SHADOWING).isPresent(),
                    () -> "does not shadow: " + engine.status() + log);
            for (int i = 0; i < REQUESTS; i++) {
                InferenceOutcome answer = ask(engine, i);
                assertTrue(answer instanceof InferenceResponse, answer::toString);
            }
            EngineHarness.await(() -> ledger(engine).inFlight() == 0 && ledger(engine).sampled() >= REQUESTS,
                    () -> "not drained: " + ledger(engine));
            LedgerCounts counts = ledger(engine);
            assertEquals(0, counts.failedTotal(), counts::toString);
            assertTrue(counts.compared() > 0, counts::toString);
            ModelStatus.Challenger shadowed = challenger(engine).orElseThrow();
            assertEquals(Isolation.PACED, shadowed.isolation());
            assertEquals(counts.compared(), shadowed.agreement().agreed(), "it is the same model");
            assertTrue(shadowed.effort().deviceSeconds() > 0, "time on the GPU is known");
        }
    }

    private InferenceOutcome ask(Engine engine, int seed) {
        float[] values = new float[WIDTH];
        for (int i = 0; i < WIDTH; i++) {
            values[i] = (float) Math.sin(seed + 0.1 * i);
        }
        CompletableFuture<InferenceOutcome> answer = new CompletableFuture<>();
        engine.infer(new InferenceRequest("mlp", null, ids.next(), null,
                List.of(Tensor.ofFloats("input", Shape.of(1, WIDTH), values)), List.of(), null, System.nanoTime()),
                answer::complete);
        return answer.join();
    }

    private static Optional<ModelStatus.Challenger> challenger(Engine engine) {
        return engine.status("mlp").orElseThrow().challengers().stream().filter(c -> c.version().equals("2"))
                .findFirst();
    }

    private static LedgerCounts ledger(Engine engine) {
        return challenger(engine).orElseThrow().ledger();
    }
}
