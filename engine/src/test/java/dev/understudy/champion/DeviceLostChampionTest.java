package dev.understudy.champion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.understudy.infer.InferenceFailure;
import dev.understudy.infer.InferenceOutcome;
import dev.understudy.infer.InferenceRequest;
import dev.understudy.model.ModelConfig;
import dev.understudy.runtime.DeviceHealth;
import dev.understudy.runtime.DeviceLoss.Part;
import dev.understudy.runtime.DeviceLoss;
import dev.understudy.runtime.ModelLoadException;
import dev.understudy.runtime.TestGraph;
import dev.understudy.tensor.DataType;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.Tensor;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A champion whose device is lost. A model that fails on some requests stands in for a broken context.
@Timeout(120)
class DeviceLostChampionTest extends ChampionStage {
    private static final InferenceFailure LOST = new InferenceFailure(InferenceFailure.Kind.UNAVAILABLE,
            "the device was lost; the server is ending");

    private final List<Object> told = new CopyOnWriteArrayList<>();

    DeviceLostChampionTest(@TempDir Path folder) {
        super(folder);
    }

    @AfterEach
    void askNoMore() {
        DeviceHealth.ask(Optional::empty);
    }

    private ChampionLine line(Path file) throws ModelLoadException {
        return line(file, ModelConfig.DEFAULT, (request, outcome) -> told.add(outcome), told::add);
    }

    private static InferenceOutcome ask(ChampionLine line, float index) {
        CompletableFuture<InferenceOutcome> answer = new CompletableFuture<>();
        line.submit(new InferenceRequest("m", null, "r", null, List.of(Tensor.ofFloats("in", Shape.of(1), index)),
                List.of(), null, System.nanoTime()), answer::complete);
        return answer.join();
    }

    @Test
    void whoeverIsInHandAndWhoeverComesIsToldToComeAgainAndTheLossIsToldBeforeThat() throws Exception {
        Path file = new TestGraph().input("in", DataType.FP32, "1").output("out", DataType.FP32, "1")
                .floats("table", new float[10], 10).node("index", "Cast", List.of("in"), TestGraph.attribute("to", 7))
                .node("out", "Gather", List.of("table", "index"))
                .write(folder.resolve("m.onnx"));
        ChampionLine line = line(file);
        try (line) {
            DeviceHealth.ask(() -> Optional.of("CUDA_ERROR_ILLEGAL_ADDRESS"));
            assertEquals(LOST, ask(line, 99));
            assertEquals(LOST, ask(line, 99));
        }
        DeviceLoss loss = new DeviceLoss(version(file), Part.CHAMPION, "CUDA_ERROR_ILLEGAL_ADDRESS");
        assertEquals(List.of(loss, LOST, loss, LOST), told);
        assertEquals(0, line.pending());
        assertEquals(2, line.statistics().fail().count());
    }

    @Test
    void aChampionThatFindsTheDeviceLostWhileItLoadsIsRefusedAndTheLossIsTold() {
        DeviceHealth.ask(() -> Optional.of("CUDA_ERROR_ILLEGAL_ADDRESS"));
        assertThrows(ModelLoadException.class, () -> line(folder.resolve("missing.onnx")));
        assertInstanceOf(DeviceLoss.class, told.getFirst());
        assertEquals(1, told.size());
    }
}
