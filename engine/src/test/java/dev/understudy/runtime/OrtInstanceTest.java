package dev.understudy.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import dev.understudy.models.Digit;
import dev.understudy.models.Digits;
import dev.understudy.models.SyntheticModels;
import dev.understudy.tensor.DataType;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class OrtInstanceTest {
    private static final long SEED = 20_261_122;
    private static final Path MODELS = Path.of("..", "models");
    private static final Path CHAMPION = MODELS.resolve("repository/digits/1.onnx");

    private final Path folder;

    OrtInstanceTest(@TempDir Path folder) {
        this.folder = folder;
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
        try (Staging staging = new Staging(OrtNatives.api(), DataType.FP32)) {
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

    @Test
    void aRequestTheModelCannotTakeDoesNotUnpin() throws Exception {
        try (OrtInstance instance = open(MODELS.resolve("challengers/faulty/throws.onnx"), 1)) {
            Trial.run(instance, List.of());
            assertThrows(RunFailedException.class, () -> instance.runAlone(List.of(image(1))));
            assertTrue(instance.isPinned(0), "one bad request slowed down all that come after it");
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

    @ParameterizedTest
    @EnumSource
    void everyDatatypeGoesInAndComesOutByteForByte(DataType datatype) throws Exception {
        try (OrtInstance instance = load(TestGraph.identity(datatype, "n", "3"))) {
            assertEquals(datatype, instance.signature().inputs().getFirst().datatype());
            for (boolean pin : new boolean[]{false, true}) {
                for (long rows : new long[]{2, 1, 0}) {
                    Tensor in = random(datatype, Shape.of(rows, 3));
                    Tensor out = instance.runAlone(List.of(in)).getFirst();
                    assertEquals(datatype + "[" + rows + ",3]", out.datatype() + out.shape().toString());
                    assertEquals(-1, in.data().mismatch(out.data()), "seed " + SEED + " rows " + rows + " pin " + pin);
                }
                instance.pin(0);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void scalarsGoInAndComeOut(DataType datatype) throws Exception {
        try (OrtInstance instance = load(TestGraph.identity(datatype))) {
            Tensor in = random(datatype, Shape.of());
            for (int i = 0; i < 2; i++) {
                Tensor out = instance.runAlone(List.of(in)).getFirst();
                assertEquals(0, out.shape().rank());
                assertEquals(-1, in.data().mismatch(out.data()));
                instance.pin(0);
            }
        }
    }

    @Test
    void stringsOfAnyBytesKeepTheirPlaces() throws Exception {
        try (OrtInstance instance = load(TestGraph.identity(DataType.BYTES, "n", "m"))) {
            Tensor in = Tensor.ofStrings("in", Shape.of(3, 2), "", "a", "grüße", "\uD83D\uDE00", "x".repeat(70_000),
                    " ");
            Tensor out = instance.runAlone(List.of(in)).getFirst();
            assertEquals(-1, in.data().mismatch(out.data()));
            Tensor bytes = Tensor.ofBytes("in", Shape.of(1, 3), new byte[]{(byte) 0xff, (byte) 0xfe},
                    new byte[]{'a', 0, 'b'}, new byte[]{0});
            assertEquals(-1, bytes.data().mismatch(instance.runAlone(List.of(bytes)).getFirst().data()));
            Tensor none = Tensor.ofStrings("in", Shape.of(0, 2));
            assertEquals(Shape.of(0, 2), instance.runAlone(List.of(none)).getFirst().shape());
        }
    }

    @Test
    void aModelSeesStringsAsTheyAreAndNotAsJavaSpellsThem() throws Exception {
        Path shared = Path.of("../../shared/models/extra/label_encoder_utf8.onnx");
        assumeTrue(Files.exists(shared), "no ../shared/models beside the repository");
        try (OrtInstance instance = open(shared, 1)) {
            Tensor in = Tensor.ofStrings("X", Shape.of(5), "\uD83D\uDE00", "\u00e9", "a\0b", "a", "unknown");
            assertArrayEquals(new long[]{7, 8, 9, 10, -1}, instance.runAlone(List.of(in)).getFirst().data()
                    .toArray(ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN)));
        }
    }

    @Test
    void anUnknownRankIsNoScalarAndTakesAnyShape() throws Exception {
        TestGraph graph = new TestGraph().input("in", TestGraph.tensor(TensorProto.DataType.FLOAT))
                .output("out", TestGraph.tensor(TensorProto.DataType.FLOAT)).node("out", "Identity", List.of("in"));
        try (OrtInstance instance = load(graph)) {
            assertEquals(Shape.ANY, instance.signature().inputs().getFirst().shape());
            assertEquals(Shape.ANY, instance.signature().outputs().getFirst().shape());
            assertTrue(Trial.run(instance, List.of()).ran());
            for (Shape shape : List.of(Shape.of(), Shape.of(0), Shape.of(3), Shape.of(2, 1, 2))) {
                Tensor in = random(DataType.FP32, shape);
                Tensor out = instance.runAlone(List.of(in)).getFirst();
                assertEquals(shape, out.shape());
                assertEquals(-1, in.data().mismatch(out.data()));
            }
        }
        try (OrtInstance scalar = load(TestGraph.identity(DataType.FP32))) {
            assertEquals(Shape.of(), scalar.signature().inputs().getFirst().shape());
        }
    }

    @Test
    void anOptionalTensorMayBeGivenOrLeftOut() throws Exception {
        TestGraph graph = new TestGraph()
                .input("maybe", TestGraph.optional(TestGraph.tensor(TensorProto.DataType.FLOAT)))
                .output("there", DataType.BOOL).node("there", "OptionalHasElement", List.of("maybe"));
        try (OrtInstance instance = load(graph)) {
            assertTrue(instance.signature().inputs().getFirst().optional());
            for (int i = 0; i < 2; i++) {
                assertEquals(0, instance.runAlone(List.of()).getFirst().data().get(ValueLayout.JAVA_BYTE, 0));
                assertEquals(1, instance.runAlone(List.of(random(DataType.FP32, Shape.of(2)).renamed("maybe")))
                        .getFirst().data().get(ValueLayout.JAVA_BYTE, 0));
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
    void aModelWithoutInputsRuns() throws Exception {
        TestGraph graph = new TestGraph().floats("constant", new float[]{1, 2}, 2).output("out", DataType.FP32, "2")
                .node("out", "Identity", List.of("constant"));
        try (OrtInstance instance = load(graph)) {
            assertTrue(Trial.run(instance, List.of()).ran());
            assertArrayEquals(new float[]{1, 2},
                    instance.runAlone(List.of()).getFirst().data().toArray(LITTLE_FLOAT));
        }
    }

    @Test
    void valuesTheProtocolHasNoNameForAreRefusedByName() {
        TypeProto floats = TestGraph.tensor(TensorProto.DataType.FLOAT);
        for (var refused : Map.of("has the element type FLOAT8E4M3FN, for which the protocol has no datatype",
                TestGraph.tensor(TensorProto.DataType.FLOAT8E4M3FN),
                "is not a tensor but sequence, which the protocol cannot carry", TestGraph.sequence(floats),
                "is not a tensor but an optional sequence, which the protocol cannot carry",
                TestGraph.optional(TestGraph.sequence(floats))).entrySet()) {
            TestGraph graph = TestGraph.identity(DataType.FP32, "n").input("odd", refused.getValue());
            assertEquals("input 'odd' " + refused.getKey(),
                    assertThrows(ModelLoadException.class, () -> load(graph)).reason());
        }
        TestGraph maybe = new TestGraph().input("in", floats).output("out", TestGraph.optional(floats)).node("out",
                "Optional", List.of("in"));
        assertEquals("output 'out' is not a tensor but an optional tensor, which the protocol cannot carry",
                assertThrows(ModelLoadException.class, () -> load(maybe)).reason());
    }

    @Test
    void tensorsMayHaveManyDimensions() throws Exception {
        String[] dims = {"n", "1", "1", "2", "1", "1", "1", "1", "1", "1"};
        try (OrtInstance instance = load(TestGraph.identity(DataType.FP32, dims))) {
            Tensor in = random(DataType.FP32, Shape.of(3, 1, 1, 2, 1, 1, 1, 1, 1, 1));
            Tensor out = instance.runAlone(List.of(in)).getFirst();
            assertEquals(in.shape(), out.shape());
            assertEquals(-1, in.data().mismatch(out.data()));
        }
    }

    @Test
    void moreShapesThanAreRememberedGiveTheSameAnswers() throws Exception {
        try (OrtInstance instance = load(TestGraph.identity(DataType.FP32, "n", "m"))) {
            SplittableRandom random = new SplittableRandom(SEED);
            for (int i = 0; i < 300; i++) {
                Tensor in = random(DataType.FP32, Shape.of(random.nextLong(0, 20), random.nextLong(0, 20)));
                Tensor out = instance.runAlone(List.of(in)).getFirst();
                assertEquals(in.shape(), out.shape());
                assertEquals(-1, in.data().mismatch(out.data()), "seed " + SEED);
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
    void aMissingSideFileIsRefusedWithoutItsPath() throws IOException {
        Path file = folder.resolve("model.onnx");
        Path shared = Path.of("../../shared/models/vespa/external_data/1/model.onnx");
        assumeTrue(Files.exists(shared), "no ../shared/models beside the repository");
        Files.copy(shared, file);
        String reason = assertThrows(ModelLoadException.class, () -> open(file, 1)).reason();
        assertFalse(reason.contains("/"), reason);
    }

    @Test
    void failuresOfARunCarryNoPathAndNoSourcePosition() throws Exception {
        try (OrtInstance instance = open(MODELS.resolve("challengers/faulty/throws.onnx"), 1)) {
            String reason = assertThrows(RunFailedException.class, () -> instance.runAlone(List.of(image(1)))).reason();
            assertTrue(reason.contains("looked_up"), () -> "the node is not named: " + reason);
            assertFalse(reason.contains("onnxruntime/") || reason.contains(".cc:") || reason.contains(".h:"), reason);
        }
    }

    @Test
    void valuesThatAreNotTensorsAreRefusedByName() throws IOException {
        Path shared = Path.of("../../shared/models/mnist/tribuo_lr_mnist.onnx");
        assumeTrue(Files.exists(shared), "no ../shared/models beside the repository");
        String reason = assertThrows(ModelLoadException.class, () -> open(shared, 1)).reason();
        assertEquals("output 'output_probability' is not a tensor but sequence, which the protocol cannot carry",
                reason);
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

    private static final ValueLayout.OfFloat LITTLE_FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED
            .withOrder(ByteOrder.LITTLE_ENDIAN);

    /// How the instances of these tests are loaded.
    OrtInstance open(Path file, int intraOpThreads) throws ModelLoadException {
        return OrtInstance.load(file, intraOpThreads);
    }

    OrtInstance load(TestGraph graph) throws IOException, ModelLoadException {
        return open(graph.write(folder.resolve("test.onnx")), 1);
    }

    private static void floats(MemorySegment memory, float... values) {
        MemorySegment.copy(values, 0, memory, ValueLayout.JAVA_FLOAT, 0, values.length);
    }

    /// Real digits, one a row.
    static Tensor image(int rows) {
        List<Digit> digits = Digits.load().heldOut();
        float[] pixels = new float[rows * Digits.PIXELS];
        for (int row = 0; row < rows; row++) {
            System.arraycopy(digits.get(row % digits.size()).pixels(), 0, pixels, row * Digits.PIXELS, Digits.PIXELS);
        }
        return Tensor.ofFloats("image", Shape.of(rows, Digits.PIXELS), pixels);
    }

    static Tensor random(DataType datatype, Shape shape) {
        SplittableRandom random = new SplittableRandom(SEED);
        int elements = (int) shape.elements();
        if (datatype == DataType.BYTES) {
            String[] text = new String[elements];
            for (int i = 0; i < elements; i++) {
                text[i] = Long.toString(random.nextLong(), 36);
            }
            return Tensor.ofStrings("in", shape, text);
        }
        byte[] data = new byte[elements * datatype.byteSize()];
        random.nextBytes(data);
        for (int i = 0; i < data.length && datatype == DataType.BOOL; i++) {
            data[i] &= 1;
        }
        return new Tensor("in", datatype, shape, MemorySegment.ofArray(data));
    }

    static List<String> bytes(List<Tensor> tensors) {
        List<String> texts = new ArrayList<>();
        for (Tensor tensor : tensors) {
            texts.add(tensor + HexFormat.of().formatHex(tensor.data().toArray(ValueLayout.JAVA_BYTE)));
        }
        return texts;
    }
}
