package dev.understudy.ffm.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// How a floating-point element lies in memory: little-endian, packed, at any alignment. Thread-safe.
public enum FloatFormat {
    /// IEEE 754 half precision.
    FP16(2) {
        @Override
        public double value(MemorySegment segment, long index) {
            return Float.float16ToFloat(segment.get(SHORT, 2 * index));
        }

        @Override
        long rank(MemorySegment segment, long index) {
            return signedMagnitude(segment.get(SHORT, 2 * index), Short.MAX_VALUE);
        }
    },
    /// The upper half of an FP32.
    BF16(2) {
        @Override
        public double value(MemorySegment segment, long index) {
            return Float.intBitsToFloat(segment.get(SHORT, 2 * index) << 16);
        }

        @Override
        long rank(MemorySegment segment, long index) {
            return signedMagnitude(segment.get(SHORT, 2 * index), Short.MAX_VALUE);
        }
    },
    FP32(4) {
        @Override
        public double value(MemorySegment segment, long index) {
            return segment.get(FLOAT, 4 * index);
        }

        @Override
        long rank(MemorySegment segment, long index) {
            return signedMagnitude(segment.get(INT, 4 * index), Integer.MAX_VALUE);
        }
    },
    FP64(8) {
        @Override
        public double value(MemorySegment segment, long index) {
            return segment.get(DOUBLE, 8 * index);
        }

        @Override
        long rank(MemorySegment segment, long index) {
            return signedMagnitude(segment.get(LONG, 8 * index), Long.MAX_VALUE);
        }
    };

    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED
            .withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED
            .withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfDouble DOUBLE = ValueLayout.JAVA_DOUBLE_UNALIGNED
            .withOrder(ByteOrder.LITTLE_ENDIAN);

    private final int byteSize;

    FloatFormat(int byteSize) {
        this.byteSize = byteSize;
    }

    /// Bytes of one element.
    public int byteSize() {
        return byteSize;
    }

    /// Element `index` of `segment`, widened without loss.
    ///
    /// @throws IndexOutOfBoundsException when the segment ends before it
    public abstract double value(MemorySegment segment, long index);

    /// The place of element `index` among the representable values, zero being 0: neighbours differ by 1, and +0 and
    /// -0 share a place. Means nothing for NaN.
    abstract long rank(MemorySegment segment, long index);

    private static long signedMagnitude(long bits, long magnitudeMask) {
        return bits >= 0 ? bits : -(bits & magnitudeMask);
    }
}
