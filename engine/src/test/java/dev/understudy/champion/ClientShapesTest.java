package dev.understudy.champion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.infer.InferenceFailure;
import dev.understudy.infer.InferenceOutcome;
import dev.understudy.infer.InferenceRequest;
import dev.understudy.infer.InferenceResponse;
import dev.understudy.model.Labels;
import dev.understudy.model.ModelConfig;
import dev.understudy.model.ModelVersion;
import dev.understudy.model.ServedConfig.ServedTensor;
import dev.understudy.model.TensorDeclarations.Declared;
import dev.understudy.model.TensorDeclarations;
import dev.understudy.model.TritonConfig;
import dev.understudy.model.VersionPolicy;
import dev.understudy.runtime.CpuLanes;
import dev.understudy.runtime.Isolation;
import dev.understudy.runtime.TestGraph;
import dev.understudy.tensor.DataType;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.Tensor;
import dev.understudy.tensor.TensorSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Reshaped tensors on a real champion: clients see their shapes, the model and the mirror the model's.
class ClientShapesTest {
    private final Path folder;

    ClientShapesTest(@TempDir Path folder) {
        this.folder = folder;
    }

    private static Declared reshaped(String name, Shape client, Shape model) {
        return new Declared(name, DataType.FP32, client, model, "", Labels.NONE);
    }

    private ChampionLine line(TestGraph graph, int rows, TensorDeclarations declared, Mirror mirror) throws Exception {
        TritonConfig triton = new TritonConfig(new VersionPolicy.All(), declared.batched() ? 8 : 0, declared,
                List.of(2), List.of(), "");
        ModelConfig config = new ModelConfig(OptionalInt.of(rows), 0, 10, 1, 1, Map.of(), Map.of(), triton);
        return new ChampionLine(CpuLanes.open(Isolation.NONE, refusal -> {}).champion(),
                new ModelVersion("m", "1", "0".repeat(64), graph.write(folder.resolve("m.onnx")), 0), config, 1 << 20,
                mirror, fault -> {}, loss -> {});
    }

    private static InferenceRequest request(Tensor input) {
        return new InferenceRequest("m", null, "r", null, List.of(input), List.of(), null, System.nanoTime());
    }

    @Test
    void clientsSeeTheirShapesAndTheMirrorTheModels() throws Exception {
        TensorDeclarations declared = new TensorDeclarations(false,
                List.of(reshaped("in", Shape.of(2, 2), Shape.of(1, 4))),
                List.of(reshaped("out", Shape.of(4), Shape.of(1, 4))), Set.of());
        List<InferenceOutcome> answers = new ArrayList<>();
        List<String> mirrored = new ArrayList<>();
        ChampionLine line = line(TestGraph.identity(DataType.FP32, "1", "4"), 1, declared, (request, outcome) -> {
            mirrored.add(request.inputs().toString());
            mirrored.add(((InferenceResponse) outcome).outputs().toString());
        });
        assertEquals(List.of(new TensorSpec("in", DataType.FP32, Shape.of(2, 2))), line.clientSignature().inputs());
        assertEquals(List.of(new TensorSpec("in", DataType.FP32, Shape.of(1, 4))), line.signature().inputs());
        line.submit(request(Tensor.ofFloats("in", Shape.of(2, 2), 1, 2, 3, 4)), answers::add);
        line.submit(request(Tensor.ofFloats("in", Shape.of(1, 4), 1, 2, 3, 4)), answers::add);
        line.close();
        InferenceFailure refusal = assertInstanceOf(InferenceFailure.class,
                answers.stream().filter(InferenceFailure.class::isInstance).findFirst().orElseThrow());
        assertEquals("input 'in' has shape [1,4], expected [2,2]", refusal.message());
        InferenceResponse answer = assertInstanceOf(InferenceResponse.class,
                answers.stream().filter(InferenceResponse.class::isInstance).findFirst().orElseThrow());
        assertEquals("out FP32[4]", answer.outputs().getFirst().toString());
        assertEquals(List.of("[in FP32[1,4]]", "[out FP32[1,4]]"), mirrored);
        assertEquals(0, line.served().maxBatchSize());
        assertFalse(line.served().onGpu());
        assertEquals(
                new ServedTensor(new TensorSpec("out", DataType.FP32, Shape.of(4)), Shape.of(1, 4), "", Labels.NONE),
                line.served().outputs().getFirst());
    }

    @Test
    void rowsPassThroughAndStillShareRuns() throws Exception {
        TensorDeclarations declared = new TensorDeclarations(true,
                List.of(reshaped("in", Shape.of(-1, 1), Shape.of(-1))),
                List.of(reshaped("out", Shape.of(-1, 1), Shape.of(-1))), Set.of());
        List<InferenceOutcome> answers = new ArrayList<>();
        ChampionLine line = line(TestGraph.identity(DataType.FP32, "n"), 8, declared, Mirror.NONE);
        assertEquals(8, line.batching().rowsMax());
        line.submit(request(Tensor.ofFloats("in", Shape.of(3, 1), 1, 2, 3)), answers::add);
        line.close();
        InferenceResponse answer = assertInstanceOf(InferenceResponse.class, answers.getFirst());
        assertEquals("out FP32[3,1]", answer.outputs().getFirst().toString());
        assertEquals(3, line.statistics().inferenceCount());
    }

    @Test
    void anAnswerThatIsNotWhatWasDeclaredFailsWithTheOutputsName() throws Exception {
        TestGraph graph = new TestGraph().input("in", DataType.FP32, "a", "b").output("out", DataType.FP32, "c", "d")
                .node("out", "Transpose", List.of("in"));
        TensorDeclarations declared = new TensorDeclarations(false, List.of(),
                List.of(reshaped("out", Shape.of(4), Shape.of(1, 4))), Set.of());
        List<InferenceOutcome> answers = new ArrayList<>();
        ChampionLine line = line(graph, 1, declared, Mirror.NONE);
        line.submit(request(Tensor.ofFloats("in", Shape.of(2, 2), 1, 2, 3, 4)), answers::add);
        line.close();
        InferenceFailure failure = assertInstanceOf(InferenceFailure.class, answers.getFirst());
        assertTrue(failure.message().contains("gave output 'out' in shape [2,2]"), failure.message());
        assertEquals(1, line.statistics().fail().count());
    }

    @Test
    void withoutADimensionOfRowsARequestCountsAsOne() throws Exception {
        ChampionLine line = line(TestGraph.identity(DataType.FP32, "3", "2"), 1, TensorDeclarations.NONE, Mirror.NONE);
        line.submit(request(Tensor.ofFloats("in", Shape.of(3, 2), new float[6])), outcome -> {});
        line.close();
        assertEquals(1, line.statistics().inferenceCount());
        assertEquals(1, line.statistics().batches().getFirst().batchSize());
    }
}
