package dev.understudy.champion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.infer.InferenceFailure.Kind;
import dev.understudy.infer.InferenceFailure;
import dev.understudy.infer.InferenceOutcome;
import dev.understudy.infer.InferenceRequest;
import dev.understudy.infer.InferenceResponse;
import dev.understudy.runtime.ModelLoadException;
import dev.understudy.runtime.TestGraph;
import dev.understudy.tensor.DataType;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.Tensor;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What becomes of a request, and what the statistics say of it.
class ChampionLineTest extends ChampionStage {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED
            .withOrder(ByteOrder.LITTLE_ENDIAN);

    ChampionLineTest(@TempDir Path folder) {
        super(folder);
    }

    @Test
    void theClientGetsTheOutputsItAskedForAndTheMirrorAll() throws Exception {
        TestGraph graph = new TestGraph().input("input", DataType.FP32, "n", "2").output("a", DataType.FP32, "n", "2")
                .output("b", DataType.FP32, "n", "2").output("c", DataType.FP32, "n", "2")
                .node("a", "Identity", List.of("input")).node("b", "Neg", List.of("input"))
                .node("c", "Add", List.of("input", "input"));
        List<InferenceOutcome> answers = new ArrayList<>();
        List<InferenceOutcome> offered = new ArrayList<>();
        try (ChampionLine line = line(graph.write(folder.resolve("abc.onnx")), config(1, 8, 10),
                (request, outcome) -> offered.add(outcome))) {
            InferenceRequest request = new InferenceRequest("m", null, "id", null,
                    List.of(Tensor.ofFloats("input", Shape.of(1, 2), 1, 2)), List.of("c", "a"), null,
                    System.nanoTime());
            line.submit(request, answers::add);
        }
        assertEquals(List.of("c", "a"), names(answers.getFirst()));
        assertEquals(4, ((InferenceResponse) answers.getFirst()).outputs().getFirst().data().getAtIndex(FLOAT, 1));
        assertEquals(List.of("a", "b", "c"), names(offered.getFirst()));
    }

    @Test
    void aFailedRunIsAnsweredOfferedAndCounted() throws Exception {
        Path throwing = Path.of("../models/challengers/faulty/throws.onnx");
        List<InferenceOutcome> offered = new ArrayList<>();
        List<InferenceOutcome> answers = new ArrayList<>();
        ChampionLine line = line(throwing, config(1, 8, 10), (request, outcome) -> offered.add(outcome));
        float[] ink = new float[64];
        ink[0] = 16;
        line.submit(new InferenceRequest("m", null, "id", null, List.of(Tensor.ofFloats("image", Shape.of(1, 64), ink)),
                List.of(), null, System.nanoTime()), answers::add);
        line.submit(request(1), answers::add);
        line.close();
        InferenceFailure failure = assertInstanceOf(InferenceFailure.class,
                answers.stream().filter(outcome -> outcome instanceof InferenceFailure f && f.kind() == Kind.INTERNAL)
                        .findFirst().orElseThrow());
        assertTrue(failure.message().startsWith("model 'm' failed on this request: "), failure.message());
        assertEquals(1, offered.size(), "what validation refuses is never offered");
        assertInstanceOf(InferenceFailure.class, offered.getFirst());
        assertEquals(2, line.statistics().fail().count());
        assertEquals(0, line.statistics().success().count());
    }

    @Test
    void statisticsCountRequestsRowsAndRuns() throws Exception {
        ChampionLine line = line(identity(), config(1, 1, 100), Mirror.NONE);
        for (int i = 0; i < 5; i++) {
            line.submit(request(i), outcome -> {});
        }
        line.close();
        ServingStatistics statistics = line.statistics();
        assertEquals(5, statistics.success().count());
        assertEquals(5, statistics.inferenceCount());
        assertEquals(5, statistics.executionCount());
        assertEquals(List.of(1L), statistics.batches().stream().map(ServingStatistics.Batches::batchSize).toList());
    }

    @Test
    void aModelThatDoesNotLoadLeavesNothingRunning() {
        Path broken = Path.of("../models/challengers/broken/fails-to-load.onnx");
        ModelLoadException refusal = assertThrows(ModelLoadException.class,
                () -> line(broken, config(2, 1, 10), Mirror.NONE));
        assertFalse(refusal.reason().isEmpty());
        assertTrue(Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().startsWith("understudy-champion-m-")));
    }

    private static List<String> names(InferenceOutcome outcome) {
        return ((InferenceResponse) outcome).outputs().stream().map(Tensor::name).toList();
    }
}
