package dev.understudy.runtime;

import dev.understudy.tensor.DataType;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.Tensor;
import dev.understudy.tensor.TensorSpec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// Inputs made up from a signature, for trials: all zeros, all ones, or seeded noise. Row i of the noise is the same
/// whatever the number of rows, so that stacked and single rows can be compared.
final class SyntheticInputs {
    private static final long SEED = 20_261_122;

    private SyntheticInputs() {}

    /// What the elements are.
    enum Fill {
        ZEROS, ONES, NOISE
    }

    /// Tensors for all required inputs; those that may be left out are.
    ///
    /// @param firstRow index of the first row, which selects its noise
    /// @param rows     the first dimension where it varies
    /// @param free     every other dimension that varies
    static List<Tensor> make(Signature signature, Fill fill, long firstRow, long rows, long free) {
        List<Tensor> tensors = new ArrayList<>();
        for (TensorSpec spec : signature.inputs()) {
            if (!spec.optional()) {
                tensors.add(tensor(spec, fill, firstRow, concrete(spec.shape(), rows, free)));
            }
        }
        return tensors;
    }

    private static Shape concrete(Shape shape, long rows, long free) {
        long[] dims = shape.toArray();
        for (int axis = 0; axis < dims.length; axis++) {
            if (dims[axis] == Shape.VARIABLE) {
                dims[axis] = axis == 0 ? rows : free;
            }
        }
        return Shape.of(dims);
    }

    private static Tensor tensor(TensorSpec spec, Fill fill, long firstRow, Shape shape) {
        int elements = Math.toIntExact(shape.elements());
        int rowElements = shape.rank() == 0 || shape.dim(0) == 0 ? elements : (int) (elements / shape.dim(0));
        boolean text = spec.datatype() == DataType.BYTES;
        String[] strings = new String[text ? elements : 0];
        MemorySegment data = MemorySegment
                .ofArray(new byte[text ? 0 : Math.multiplyExact(elements, spec.datatype().byteSize())]);
        SplittableRandom random = new SplittableRandom(SEED);
        for (int i = 0; i < elements; i++) {
            if (fill == Fill.NOISE && rowElements > 0 && i % rowElements == 0) {
                random = new SplittableRandom(SEED + firstRow + i / rowElements);
            }
            if (text) {
                strings[i] = string(fill, random);
            } else {
                write(data, spec.datatype(), i, number(fill, spec.datatype(), random));
            }
        }
        return text
                ? Tensor.ofStrings(spec.name(), shape, strings)
                : new Tensor(spec.name(), spec.datatype(), shape, data);
    }

    private static String string(Fill fill, SplittableRandom random) {
        return switch (fill) {
            case ZEROS -> "";
            case ONES -> "1";
            case NOISE -> Integer.toString(random.nextInt(10));
        };
    }

    private static double number(Fill fill, DataType datatype, SplittableRandom random) {
        return switch (fill) {
            case ZEROS -> 0;
            case ONES -> 1;
            case NOISE -> datatype.isFloatingPoint() ? random.nextGaussian() : random.nextInt(2);
        };
    }

    private static void write(MemorySegment data, DataType datatype, int index, double value) {
        long offset = (long) index * datatype.byteSize();
        switch (datatype) {
            case BOOL, UINT8, INT8 -> data.set(ValueLayout.JAVA_BYTE, offset, (byte) value);
            case UINT16, INT16 -> data.set(SHORT, offset, (short) value);
            case UINT32, INT32 -> data.set(INT, offset, (int) value);
            case UINT64, INT64 -> data.set(LONG, offset, (long) value);
            case FP16 -> data.set(SHORT, offset, Float.floatToFloat16((float) value));
            case BF16 -> data.set(SHORT, offset, (short) (Float.floatToRawIntBits((float) value) >>> 16));
            case FP32 -> data.set(INT, offset, Float.floatToRawIntBits((float) value));
            case FP64 -> data.set(LONG, offset, Double.doubleToRawLongBits(value));
            case BYTES -> throw new IllegalArgumentException("BYTES has no fixed size");
        }
    }

    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED
            .withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
}
