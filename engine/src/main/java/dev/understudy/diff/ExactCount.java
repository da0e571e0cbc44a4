package dev.understudy.diff;

import dev.understudy.tensor.DataType;
import dev.understudy.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// Counts the unequal elements of integer, boolean and string tensors. Thread-safe: stateless.
final class ExactCount {
    private static final ValueLayout.OfInt LENGTH = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private ExactCount() {}

    /// Elements that differ between two tensors of the same datatype and shape, bit by bit.
    static long unequal(Tensor a, Tensor b) {
        long same = a.data().mismatch(b.data());
        if (same < 0) {
            return 0;
        }
        return a.datatype() == DataType.BYTES
                ? unequalStrings(a.data(), b.data(), a.shape().elements())
                : unequalFrom(same / a.datatype().byteSize(), a, b);
    }

    private static long unequalFrom(long first, Tensor a, Tensor b) {
        MemorySegment left = a.data();
        MemorySegment right = b.data();
        long elements = a.shape().elements();
        long unequal = 0;
        // Equality does not depend on byte order, so the native layouts serve.
        switch (a.datatype().byteSize()) {
            case 1 -> {
                for (long i = first; i < elements; i++) {
                    unequal += left.get(ValueLayout.JAVA_BYTE, i) == right.get(ValueLayout.JAVA_BYTE, i) ? 0 : 1;
                }
            }
            case 2 -> {
                for (long at = 2 * first; at < 2 * elements; at += 2) {
                    unequal += left.get(ValueLayout.JAVA_SHORT_UNALIGNED, at) == right
                            .get(ValueLayout.JAVA_SHORT_UNALIGNED, at) ? 0 : 1;
                }
            }
            case 4 -> {
                for (long at = 4 * first; at < 4 * elements; at += 4) {
                    unequal += left.get(ValueLayout.JAVA_INT_UNALIGNED, at) == right
                            .get(ValueLayout.JAVA_INT_UNALIGNED, at) ? 0 : 1;
                }
            }
            default -> {
                for (long at = 8 * first; at < 8 * elements; at += 8) {
                    unequal += left.get(ValueLayout.JAVA_LONG_UNALIGNED, at) == right
                            .get(ValueLayout.JAVA_LONG_UNALIGNED, at) ? 0 : 1;
                }
            }
        }
        return unequal;
    }

    private static long unequalStrings(MemorySegment left, MemorySegment right, long elements) {
        long unequal = 0;
        long leftAt = 0;
        long rightAt = 0;
        for (long i = 0; i < elements; i++) {
            long leftEnd = leftAt + LENGTH.byteSize() + Integer.toUnsignedLong(left.get(LENGTH, leftAt));
            long rightEnd = rightAt + LENGTH.byteSize() + Integer.toUnsignedLong(right.get(LENGTH, rightAt));
            if (MemorySegment.mismatch(left, leftAt, leftEnd, right, rightAt, rightEnd) >= 0) {
                unequal++;
            }
            leftAt = leftEnd;
            rightAt = rightEnd;
        }
        return unequal;
    }
}
