package dev.understudy.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class TensorTest {
    @Property
    void dataMustFillTheShapeToTheByte(@ForAll DataType datatype, @ForAll @IntRange(min = 0, max = 4) int rows,
            @ForAll @IntRange(min = 0, max = 70) int bytes) {
        MemorySegment data = MemorySegment.ofArray(new byte[bytes]);
        // Zeros are empty strings: four bytes each.
        int elementBytes = datatype.isFixedSize() ? datatype.byteSize() : 4;
        if (bytes == rows * 2 * elementBytes) {
            assertEquals(bytes, new Tensor("x", datatype, Shape.of(rows, 2), data).byteSize());
        } else {
            assertThrows(IllegalArgumentException.class, () -> new Tensor("x", datatype, Shape.of(rows, 2), data));
        }
    }

    /// As a request's inputs lie in its body: some share an array, each is a part of one.
    @Property
    void heldBytesAreAllOfTheArraysUnderTheTensorsEachOnce(
            @ForAll @Size(min = 1, max = 8) List<@IntRange(max = 3) Integer> arrayOfTensor,
            @ForAll @IntRange(min = 8, max = 100_000) int arrayBytes) {
        List<MemorySegment> arrays = Stream.generate(() -> MemorySegment.ofArray(new byte[arrayBytes])).limit(4)
                .toList();
        List<Tensor> tensors = arrayOfTensor.stream().map(array -> new Tensor("x", DataType.UINT8, Shape.of(2),
                arrays.get(array).asSlice(arrayBytes - 8, 2)).renamed("y").reshaped(Shape.of(1, 2))).toList();
        long reachable = arrayBytes * arrayOfTensor.stream().distinct().count();
        long held = Tensor.heldBytes(tensors);
        assertTrue(held >= reachable && held <= reachable + 300L * tensors.size(), held + " for " + reachable);
    }

    @Test
    void heldBytesOfWhatIsNoArrayOfBytesAreNotFewer() {
        Tensor floats = new Tensor("x", DataType.FP32, Shape.of(1),
                MemorySegment.ofArray(new float[100]).asSlice(0, 4));
        assertTrue(Tensor.heldBytes(List.of(floats)) >= 400);
        try (Arena arena = Arena.ofConfined()) {
            assertTrue(Tensor.heldBytes(List.of(
                    new Tensor("x", DataType.FP32, Shape.of(100), arena.allocate(400)))) >= 400);
        }
    }

    @Property
    void byteStringsComeBackAsTheyWentIn(@ForAll @Size(max = 12) List<byte[]> values) {
        Tensor tensor = Tensor.ofBytes("x", Shape.of(values.size()), values.toArray(byte[][]::new));
        byte[][] back = tensor.byteStrings();
        assertEquals(values.size(), back.length);
        for (int i = 0; i < back.length; i++) {
            assertArrayEquals(values.get(i), back[i]);
        }
        assertEquals(values.stream().mapToLong(value -> 4L + value.length).sum(), tensor.byteSize());
    }

    @Test
    void byteStringsAreFramedByALittleEndianLength() {
        byte[] framed = {2, 0, 0, 0, 'h', 'i', 0, 0, 0, 0};
        Tensor tensor = Tensor.ofStrings("x", Shape.of(2), "hi", "");
        assertArrayEquals(framed, tensor.data().toArray(ValueLayout.JAVA_BYTE));
    }

    @Property
    void noFramingOfBytesIsReadBeyondItsEnd(@ForAll @Size(max = 24) byte[] data,
            @ForAll @IntRange(min = 0, max = 4) int elements) {
        try {
            Tensor tensor = new Tensor("x", DataType.BYTES, Shape.of(elements), MemorySegment.ofArray(data));
            Tensor again = Tensor.ofBytes("x", Shape.of(elements), tensor.byteStrings());
            assertArrayEquals(data, again.data().toArray(ValueLayout.JAVA_BYTE), "what is accepted has one reading");
        } catch (IllegalArgumentException e) {
            assertTrue(String.valueOf(e.getMessage()).startsWith("BYTES data "), e.getMessage());
        }
    }

    @Test
    void lengthsThatLieAreRefused() {
        for (byte[] data : List.of(new byte[]{5, 0, 0, 0, 'a'}, new byte[]{-1, -1, -1, -1, 'a'}, new byte[]{1, 0, 0},
                new byte[]{-4, -1, -1, -1, 0, 0, 0, 0}, new byte[]{0, 0, 0, 0, 0})) {
            assertThrows(IllegalArgumentException.class,
                    () -> new Tensor("x", DataType.BYTES, Shape.of(1), MemorySegment.ofArray(data)));
        }
    }

    @Test
    void aShapeTooLargeForAnyDataIsRefusedBeforeItIsAllocatedFor() {
        MemorySegment none = MemorySegment.ofArray(new byte[0]);
        Shape huge = Shape.of(Long.MAX_VALUE / 2, 2, 3);
        assertThrows(ArithmeticException.class, () -> new Tensor("x", DataType.FP32, huge, none));
        assertThrows(ArithmeticException.class, () -> new Tensor("x", DataType.FP64, Shape.of(1L << 61), none));
        assertThrows(IllegalArgumentException.class, () -> new Tensor("x", DataType.BYTES, Shape.of(1L << 61), none));
        assertThrows(IllegalArgumentException.class, () -> new Tensor("x", DataType.FP32, Shape.of(-1), none));
    }

    @Test
    void emptyTensorsAndScalarsAreTensors() {
        assertEquals(0, Tensor.ofFloats("x", Shape.of(0, 4)).byteSize());
        assertEquals(0, Tensor.ofStrings("x", Shape.of(0)).byteStrings().length);
        assertEquals(4, Tensor.ofFloats("x", Shape.of(), 1).byteSize());
    }

    @Test
    void nobodyWritesThroughATensor() {
        Tensor tensor = Tensor.ofFloats("x", Shape.of(1), 1);
        assertTrue(tensor.data().isReadOnly());
        assertThrows(RuntimeException.class, () -> tensor.data().set(ValueLayout.JAVA_BYTE, 0, (byte) 1));
        assertTrue(tensor.renamed("y").data().isReadOnly());
    }

    @Test
    void factoriesCopyAndRenamingDoesNot() {
        float[] values = {1, 2};
        Tensor tensor = Tensor.ofFloats("x", Shape.of(2), values);
        values[0] = 99;
        ByteBuffer buffer = tensor.data().asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        assertEquals(1, buffer.getFloat(0));
        Tensor renamed = tensor.renamed("y");
        assertEquals("y FP32[2]", renamed.toString());
        assertEquals("x FP32[2]", tensor.toString());
        assertEquals(tensor.data().heapBase(), renamed.data().heapBase());
        assertEquals(-1, tensor.data().mismatch(renamed.data()));
    }

    @Test
    void onlyBytesHaveStrings() {
        assertThrows(IllegalStateException.class, Tensor.ofFloats("x", Shape.of(1), 1)::byteStrings);
    }

    @Test
    void datatypesAreFoundByTheirProtocolNamesOnly() {
        for (DataType datatype : DataType.values()) {
            assertEquals(datatype, DataType.byName(datatype.name()));
        }
        assertNull(DataType.byName("fp32"));
        assertNull(DataType.byName("FLOAT"));
        assertFalse(DataType.BYTES.isFixedSize());
    }
}
