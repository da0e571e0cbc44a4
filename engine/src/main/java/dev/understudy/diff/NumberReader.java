package dev.understudy.diff;

import dev.understudy.ffm.kernel.FloatFormat;
import dev.understudy.tensor.DataType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// Reads an element of a tensor as a double. Thread-safe. Integers beyond 2^53 are rounded.
@FunctionalInterface
public interface NumberReader {
    double at(MemorySegment data, long index);

    /// The reader of a numeric datatype.
    ///
    /// @throws IllegalArgumentException for BOOL and BYTES, which are not numbers
    static NumberReader of(DataType datatype) {
        return switch (datatype) {
            case FP16, BF16, FP32, FP64 -> format(datatype)::value;
            case INT8 -> (data, i) -> data.get(ValueLayout.JAVA_BYTE, i);
            case UINT8 -> (data, i) -> Byte.toUnsignedInt(data.get(ValueLayout.JAVA_BYTE, i));
            case INT16 -> (data, i) -> data.get(Layouts.SHORT, 2 * i);
            case UINT16 -> (data, i) -> Short.toUnsignedInt(data.get(Layouts.SHORT, 2 * i));
            case INT32 -> (data, i) -> data.get(Layouts.INT, 4 * i);
            case UINT32 -> (data, i) -> Integer.toUnsignedLong(data.get(Layouts.INT, 4 * i));
            case INT64 -> (data, i) -> data.get(Layouts.LONG, 8 * i);
            case UINT64 -> (data, i) -> unsigned(data.get(Layouts.LONG, 8 * i));
            case BOOL, BYTES -> throw new IllegalArgumentException("not a number: datatype=" + datatype);
        };
    }

    /// The kernel's name of a floating-point datatype.
    ///
    /// @throws IllegalArgumentException for any other datatype
    static FloatFormat format(DataType datatype) {
        return switch (datatype) {
            case FP16 -> FloatFormat.FP16;
            case BF16 -> FloatFormat.BF16;
            case FP32 -> FloatFormat.FP32;
            case FP64 -> FloatFormat.FP64;
            case BOOL, UINT8, UINT16, UINT32, UINT64, INT8, INT16, INT32, INT64, BYTES ->
                throw new IllegalArgumentException("not floating-point: datatype=" + datatype);
        };
    }

    private static double unsigned(long bits) {
        return bits >= 0 ? bits : ((bits >>> 1) | (bits & 1)) * 2.0;
    }

    /// Little-endian, at any alignment.
    final class Layouts {
        private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED
                .withOrder(ByteOrder.LITTLE_ENDIAN);
        private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
        private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED
                .withOrder(ByteOrder.LITTLE_ENDIAN);

        private Layouts() {}
    }
}
