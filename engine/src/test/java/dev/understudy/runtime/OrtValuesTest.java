package dev.understudy.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import dev.understudy.model.SharedModels;
import dev.understudy.tensor.DataType;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What goes into a model comes out as it is, whatever its datatype and shape; what cannot is refused by its name.
class OrtValuesTest extends InstanceStage {
    OrtValuesTest(@TempDir Path folder) {
        super(folder);
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
        Path shared = SharedModels.folder().resolve("extra/label_encoder_utf8.onnx");
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
        TestGraph list = new TestGraph().input("in", floats).output("odd", TestGraph.sequence(floats)).node("odd",
                "SequenceConstruct", List.of("in"));
        assertEquals("output 'odd' is not a tensor but sequence, which the protocol cannot carry",
                assertThrows(ModelLoadException.class, () -> load(list)).reason());
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
    void valuesThatAreNotTensorsAreRefusedByName() throws IOException {
        Path shared = SharedModels.folder().resolve("mnist/tribuo_lr_mnist.onnx");
        String reason = assertThrows(ModelLoadException.class, () -> open(shared, 1)).reason();
        assertEquals("output 'output_probability' is not a tensor but sequence, which the protocol cannot carry",
                reason);
    }
}
