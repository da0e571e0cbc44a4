package dev.understudy.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.models.Digits;
import dev.understudy.models.SyntheticModels;
import dev.understudy.model.WarmupSample;
import dev.understudy.tensor.DataType;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrialTest {
    private static final TrialReport INDEPENDENT = new TrialReport(true, true, true);
    private static final TrialReport MIXING = new TrialReport(true, true, false);
    private static final TrialReport SINGLE = new TrialReport(true, false, false);

    private final Path folder;

    TrialTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @Test
    void rowsOfAPerceptronAndOfAConvolutionAreIndependent() throws Exception {
        assertEquals(INDEPENDENT, trial(Files.write(folder.resolve("mlp"), SyntheticModels.mlp(32, 3)), List.of()));
        assertEquals(INDEPENDENT, trial(Files.write(folder.resolve("cnn"), SyntheticModels.conv(4, 2, 8)), List.of()));
    }

    @Test
    void aModelThatTakesTheGreatestOfItsRowsMixesThem() throws Exception {
        assertEquals(MIXING, trial(batched().node("greatest", "ReduceMax", List.of("in"),
                TestGraph.attribute("axes", List.of(0L)), TestGraph.attribute("keepdims", 1))
                .node("out", "Sub", List.of("in", "greatest"))));
    }

    @Test
    void aModelQuantisedByTheRangeOfTheBatchMixesItsRows() throws Exception {
        assertEquals(MIXING, trial(batched()
                .node(List.of("quantised", "scale", "zero"), "DynamicQuantizeLinear", List.of("in"))
                .node("out", "DequantizeLinear", List.of("quantised", "scale", "zero"))));
    }

    @Test
    void anAnswerThatDependsOnTheRowsBeforeItMixesThem() throws Exception {
        assertEquals(MIXING,
                trial(batched().longs("axis", new long[]{0}).node("out", "CumSum", List.of("in", "axis"))));
    }

    @Test
    void oneAnswerForAllRowsDoesNotStack() throws Exception {
        assertEquals(SINGLE, trial(batched().node("out", "ReduceSum", List.of("in"))));
    }

    @Test
    void aFixedFirstDimensionDoesNotStack() throws Exception {
        assertEquals(SINGLE, trial(TestGraph.identity(DataType.FP32, "1", "4")));
        assertEquals(SINGLE, trial(TestGraph.identity(DataType.FP32)));
    }

    @Test
    void freeDimensionsAreTriedUntilASizeSuits() throws Exception {
        float[] weights = new float[9];
        assertEquals(INDEPENDENT, trial(new TestGraph().input("in", DataType.FP32, "n", "1", "h", "w")
                .output("out", DataType.FP32, "n", "1", "h2", "w2").floats("kernel", weights, 1, 1, 3, 3)
                .node("out", "Conv", List.of("in", "kernel"))), "a kernel of 3 needs at least 3 pixels");
    }

    @Test
    void aModelNoTriedSizeSuitsIsLetInUntriedAndOnARecordedRequestTried() throws Exception {
        TestGraph seven = new TestGraph().input("in", DataType.FP32, "n", "length")
                .output("out", DataType.FP32, "n", "2")
                .floats("weights", new float[14], 7, 2).node("out", "MatMul", List.of("in", "weights"));
        assertFalse(trial(seven).ran());
        List<Tensor> recorded = List.of(Tensor.ofFloats("in", Shape.of(1, 7), new float[7]));
        assertEquals(SINGLE, trial(seven.write(folder.resolve("seven")), List.of(recorded)));
    }

    @Test
    void aModelThatNoMadeUpInputSuitsSaysSoAndIsLeftToItsRequests() throws Exception {
        Path file = new TestGraph().input("in", DataType.INT64, "n").output("out", DataType.FP32, "n")
                .floats("table", new float[]{1, 2}, 2).longs("offset", new long[]{-10})
                .node("index", "Add", List.of("in", "offset")).node("out", "Gather", List.of("table", "index"))
                .write(folder.resolve("picky"));
        TrialReport unsuited = trial(file, List.of());
        assertFalse(unsuited.ran());
        assertFalse(unsuited.failure().isEmpty());
        assertFalse(unsuited.failure().contains("/"), unsuited.failure());
        List<Tensor> recorded = List.of(new Tensor("in", DataType.INT64, Shape.of(1),
                MemorySegment.ofArray(new byte[]{10, 0, 0, 0, 0, 0, 0, 0})));
        assertTrue(trial(file, List.of(recorded)).ran());
    }

    @Test
    void zerosAreTriedWhereOnesFailAndOnlyThere() throws Exception {
        assertEquals(SINGLE, trial(lookUp(0).write(folder.resolve("zeros")), List.of()), "index 2 is out of range");
        assertEquals(SINGLE, trial(lookUp(-2).write(folder.resolve("ones")), List.of()), "index -2 is out of range");
        TrialReport neither = trial(lookUp(5).write(folder.resolve("neither")), List.of());
        assertFalse(neither.ran());
        assertTrue(neither.failure().contains("idx=5 "), () -> "zeros were not tried last: " + neither.failure());
    }

    /// Looks up the sum of twice its input and `offset` in a table of one element.
    private static TestGraph lookUp(long offset) {
        return new TestGraph().input("in", DataType.INT64, "1").output("out", DataType.FP32, "1")
                .floats("table", new float[]{1}, 1).longs("offset", new long[]{offset})
                .node("doubled", "Add", List.of("in", "in")).node("index", "Add", List.of("doubled", "offset"))
                .node("out", "Gather", List.of("table", "index"));
    }

    @Test
    void aRecordedRequestThatFailsRefusesTheModel() {
        Path file = Path.of("../models/challengers/faulty/throws.onnx");
        List<Tensor> digit = List.of(Tensor.ofFloats("image", Shape.of(1, Digits.PIXELS),
                Digits.load().heldOut().getFirst().pixels()));
        String reason = assertThrows(ModelLoadException.class, () -> trial(file, List.of(digit))).reason();
        assertTrue(reason.startsWith("it failed on a recorded request: "), reason);
        List<Tensor> other = List.of(Tensor.ofFloats("picture", Shape.of(1), 1));
        assertEquals("it failed on a recorded request: the model has no input 'picture' of FP32",
                assertThrows(ModelLoadException.class, () -> trial(file, List.of(other))).reason());
    }

    @Test
    void aLargeFixedInputIsTriedAndOneLargerThanAnyRequestIsRefused() throws Exception {
        assertEquals(SINGLE, trial(meanOf("1", "3", "1280", "1280")), "an image of 18.75 MiB");
        String reason = assertThrows(ModelLoadException.class, () -> trial(meanOf("1", "65536", "65536"))).reason();
        assertTrue(reason.contains("16384 MiB"), reason);
    }

    private static TestGraph meanOf(String... dims) {
        return new TestGraph().input("in", DataType.FP32, dims).output("out", DataType.FP32).node("out", "ReduceMean",
                List.of("in"), TestGraph.attribute("keepdims", 0));
    }

    @Test
    void onlyOutputsWhoseShapeHeldArePinned() throws Exception {
        TestGraph graph = new TestGraph().input("in", DataType.FP32, "n", "4").output("kept", DataType.FP32, "n", "4")
                .output("found", DataType.INT64, "2", "m").output("text", DataType.BYTES, "n", "4")
                .node("kept", "Identity", List.of("in")).node("found", "NonZero", List.of("in")).node("text", "Cast",
                        List.of("in"), TestGraph.attribute("to", 8));
        try (OrtInstance instance = OrtInstance.load(graph.write(folder.resolve("three")), 1)) {
            Trial.run(instance, List.of());
            assertEquals(List.of(false, false, false), pins(instance),
                    "found's rows are not the input's, so nothing stacks");
        }
        try (OrtInstance instance = OrtInstance.load(batched().node("out", "Identity", List.of("in"))
                .write(folder.resolve("one")), 1)) {
            Trial.run(instance, List.of());
            assertEquals(List.of(true), pins(instance));
        }
    }

    private static List<Boolean> pins(OrtInstance instance) {
        return IntStream.range(0, instance.signature().outputs().size()).mapToObj(instance::isPinned).toList();
    }

    /// `in` to `out`, FP32[n,4] both; the nodes are the caller's.
    private static TestGraph batched() {
        return new TestGraph().input("in", DataType.FP32, "n", "4").output("out", DataType.FP32, "n", "4");
    }

    private TrialReport trial(TestGraph graph) throws IOException, ModelLoadException {
        return trial(graph.write(folder.resolve("model.onnx")), List.of());
    }

    private static TrialReport trial(Path file, List<List<Tensor>> recorded) throws ModelLoadException {
        try (OrtInstance instance = OrtInstance.load(file, 1)) {
            return Trial.run(instance, recorded.stream().map(WarmupSample::recorded).toList());
        }
    }
}
