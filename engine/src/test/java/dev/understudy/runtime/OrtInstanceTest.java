package dev.understudy.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.models.SyntheticModels;
import dev.understudy.tensor.DataType;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Where an instance stages and pins its tensors, and how its runs and loads fail.
class OrtInstanceTest extends InstanceStage {
    OrtInstanceTest(@TempDir Path folder) {
        super(folder);
    }

    @Test
    void theSessionReadsStagedMemoryInPlaceAndWritesPinnedOutputsInPlace() throws Exception {
        try (OrtInstance instance = load(TestGraph.identity(DataType.FP32, "n", "2"))) {
            instance.pin(0);
            MemorySegment staged = instance.stage(0, Shape.of(1, 2));
            floats(staged, 1, 2);
            RawOutput first = instance.run().getFirst();
            assertArrayEquals(new float[]{1, 2}, first.data().toArray(ValueLayout.JAVA_FLOAT));
            floats(staged, 3, 4);
            RawOutput second = instance.run().getFirst();
            assertArrayEquals(new float[]{3, 4}, second.data().toArray(ValueLayout.JAVA_FLOAT), "staged once only");
            assertEquals(first.data().address(), second.data().address());
            assertEquals(staged.address(), instance.stage(0, Shape.of(1, 2)).address());
        }
    }

    @Test
    void stagingThatCouldNotGrowGoesOnInSmallerShapes() throws Exception {
        try (Staging staging = new Staging(OrtNatives.api(), HostMemory.pageable(), DataType.FP32)) {
            staging.bind(Shape.of(16));
            assertThrows(OutOfMemoryError.class, () -> staging.bind(Shape.of(1L << 45)));
            staging.bind(Shape.of(16));
            floats(staging.memory(Shape.of(16)), 7);
            assertEquals(7, staging.memory(Shape.of(16)).get(ValueLayout.JAVA_FLOAT, 0));
        }
    }

    @Test
    void pinnedOutputsEqualThoseOnnxRuntimeAllocates() throws Exception {
        try (OrtInstance pinned = open(CHAMPION, 1); OrtInstance plain = open(CHAMPION, 1)) {
            pinned.pin(0);
            for (int rows : new int[]{1, 7, 3, 32, 1}) {
                List<Tensor> inputs = List.of(image(rows));
                assertEquals(bytes(plain.runAlone(inputs)), bytes(pinned.runAlone(inputs)), rows + " rows");
            }
            assertTrue(pinned.isPinned(0) && !plain.isPinned(0));
        }
    }

    @Test
    void anOutputThatLeavesItsPinnedShapeIsUnpinnedAndRightAtOnceAndAfterwards() throws Exception {
        Path file = MODELS.resolve("challengers/faulty/other-shape.onnx");
        try (OrtInstance pinned = open(file, 1); OrtInstance plain = open(file, 1)) {
            Trial.run(pinned, List.of());
            assertTrue(pinned.isPinned(0), "the trial proved the wrong shape");
            for (int i = 0; i < 3; i++) {
                List<Tensor> inputs = List.of(image(1));
                List<Tensor> answer = pinned.runAlone(inputs);
                assertEquals(bytes(plain.runAlone(inputs)), bytes(answer));
                assertFalse(answer.getFirst().shape().equals(Shape.of(1, 10)),
                        "an honest shape, so nothing was tested");
            }
            assertFalse(pinned.isPinned(0));
        }
    }

    /// A model that takes one row and no more, which only a run finds out, on any device.
    private static TestGraph takesOneRow() {
        return new TestGraph().input("in", DataType.FP32, "n", "2").output("out", DataType.FP32, "1", "2")
                .longs("one_row", new long[]{1, 2}, 2).node("out", "Reshape", List.of("in", "one_row"));
    }

    private static List<Tensor> twoRows() {
        return List.of(Tensor.ofFloats("in", Shape.of(2, 2), 1, 2, 3, 4));
    }

    /// The first fails in a node; the second fails as a wrong pinned shape does, and fails again without pins.
    @Test
    void aRequestTheModelCannotTakeDoesNotUnpin() throws Exception {
        List<Tensor> tooWide = List.of(Tensor.ofFloats("in", Shape.of(1, 3), 1, 2, 3));
        try (OrtInstance instance = load(takesOneRow())) {
            Trial.run(instance, List.of());
            for (List<Tensor> bad : List.of(twoRows(), tooWide)) {
                assertThrows(RunFailedException.class, () -> instance.runAlone(bad));
                assertTrue(instance.isPinned(0), "one bad request slowed down all that come after it");
                Tensor answer = instance.runAlone(List.of(Tensor.ofFloats("in", Shape.of(1, 2), 5, 6))).getFirst();
                assertArrayEquals(new float[]{5, 6}, answer.data().toArray(LITTLE_FLOAT));
            }
        }
    }

    @Test
    void allOtherOutputsArePresentWhenSomeArePinned() throws Exception {
        TestGraph graph = new TestGraph().input("in", DataType.FP32, "n", "2").output("same", DataType.FP32, "n", "2")
                .output("where", DataType.INT64, "2", "found").output("twice", DataType.FP32, "n", "2")
                .node("same", "Identity", List.of("in")).node("where", "NonZero", List.of("in"))
                .node("twice", "Add", List.of("in", "in"));
        try (OrtInstance instance = load(graph)) {
            for (int pins = 0; pins < 3; pins++) {
                List<Tensor> outputs = instance.runAlone(List.of(Tensor.ofFloats("in", Shape.of(1, 2), 0, 5)));
                assertEquals(List.of("same FP32[1,2]", "where INT64[2,1]", "twice FP32[1,2]"),
                        outputs.stream().map(Tensor::toString).toList());
                assertArrayEquals(new float[]{0, 5}, outputs.getFirst().data().toArray(LITTLE_FLOAT));
                assertArrayEquals(new float[]{0, 10}, outputs.getLast().data().toArray(LITTLE_FLOAT));
                instance.pin(pins == 0 ? 0 : 2);
            }
        }
    }

    @Test
    void anOutputThatIsAnInputIsTheInputAlsoWherePinned() throws Exception {
        TestGraph graph = new TestGraph().input("in", DataType.FP32, "2").output("in", DataType.FP32, "2")
                .output("out", DataType.FP32, "2").node("out", "Neg", List.of("in"));
        try (OrtInstance instance = load(graph)) {
            Trial.run(instance, List.of());
            assertTrue(instance.isPinned(1) && !instance.isPinned(0));
            for (float value : new float[]{3, 4}) {
                List<Tensor> outputs = instance
                        .runAlone(List.of(Tensor.ofFloats("in", Shape.of(2), value, -value)));
                assertArrayEquals(new float[]{value, -value}, outputs.getFirst().data().toArray(LITTLE_FLOAT));
                assertArrayEquals(new float[]{-value, value}, outputs.getLast().data().toArray(LITTLE_FLOAT));
            }
        }
    }

    @Test
    void aCancelledRunFailsAsCancelledAndTheInstanceStaysUsable() throws Exception {
        try (OrtInstance instance = open(MODELS.resolve("challengers/faulty/slow.onnx"), 1)) {
            instance.pin(0);
            List<Tensor> one = List.of(image(1));
            List<String> before = bytes(instance.runAlone(one));
            instance.cancel();
            assertEquals(before, bytes(instance.runAlone(one)), "a cancel between runs cancels none");
            AtomicBoolean done = new AtomicBoolean();
            Thread canceller = Thread.ofPlatform().start(() -> {
                while (!done.get()) {
                    instance.cancel();
                    LockSupport.parkNanos(100_000);
                }
            });
            try {
                RunFailedException cancelled = assertThrows(RunFailedException.class,
                        () -> instance.runAlone(List.of(image(8_192))));
                assertTrue(cancelled.cancelled(), cancelled.reason());
            } finally {
                done.set(true);
                canceller.join();
            }
            assertEquals(before, bytes(instance.runAlone(one)));
        }
    }

    @Test
    void aMissingInputIsNamed() throws Exception {
        try (OrtInstance instance = open(CHAMPION, 1)) {
            RunFailedException refusal = assertThrows(RunFailedException.class,
                    () -> instance.runAlone(List.of(Tensor.ofFloats("picture", Shape.of(1), 1))));
            assertEquals("input 'image' is missing", refusal.reason());
            assertFalse(refusal.cancelled());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"broken/garbage", "broken/truncated", "broken/fails-to-load", "gone"})
    void refusalsToLoadCarryNoPath(String model) throws IOException {
        Path spaced = Files.createDirectories(folder.resolve("a folder, with (signs)"));
        Path file = spaced.resolve("model.onnx");
        Path source = MODELS.resolve("challengers").resolve(model + ".onnx");
        if (Files.exists(source)) {
            Files.copy(source, file);
        }
        String reason = assertThrows(ModelLoadException.class, () -> open(file, 1)).reason();
        assertTrue(reason.startsWith("ONNX Runtime cannot load it: "), reason);
        assertFalse(reason.contains("/") || reason.contains("signs") || reason.contains("\n"), reason);
    }

    @Test
    void aMissingSideFileIsNamedWithoutItsPath() throws IOException {
        TestGraph graph = new TestGraph().external("weights", DataType.FP32, "weights.bin", 2)
                .output("out", DataType.FP32, "2").node("out", "Identity", List.of("weights"));
        String reason = assertThrows(ModelLoadException.class, () -> load(graph)).reason();
        assertTrue(reason.contains("\"weights.bin\""), reason);
        assertNoPosition(reason);
    }

    private static void assertNoPosition(String reason) {
        assertFalse(reason.contains("/") || reason.contains("::") || reason.matches(".*\\.(cc|h|cu|cuh):.*"), reason);
    }

    @Test
    void failuresOfARunCarryNoPathAndNoSourcePosition() throws Exception {
        try (OrtInstance instance = load(takesOneRow())) {
            String reason = assertThrows(RunFailedException.class, () -> instance.runAlone(twoRows())).reason();
            assertTrue(reason.contains("Reshape"), () -> "the node is not named: " + reason);
            assertNoPosition(reason);
        }
    }

    @Test
    void theBatchAxisIsSharedOnlyWhereAllInputsAndOutputsNameItAlike() throws Exception {
        Files.write(folder.resolve("mlp.onnx"), SyntheticModels.mlp(4, 1));
        try (OrtInstance mlp = open(folder.resolve("mlp.onnx"), 1)) {
            assertTrue(mlp.signature().sharedBatchAxis());
        }
        TestGraph other = new TestGraph().input("in", DataType.FP32, "n", "2").output("out", DataType.FP32, "m", "2")
                .node("out", "Identity", List.of("in"));
        try (OrtInstance instance = load(other)) {
            assertFalse(instance.signature().sharedBatchAxis());
            assertTrue(instance.signature().everyFirstDimensionVaries());
        }
    }
}
