package dev.understudy.tensor;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The tensor datatypes of the Open Inference Protocol, under the protocol's own names.
public enum DataType {
    /// One byte an element, 0 or 1.
    BOOL(1), UINT8(1), UINT16(2), UINT32(4), UINT64(8), INT8(1), INT16(2), INT32(4), INT64(8),
    /// IEEE 754 half precision, two raw bytes.
    FP16(2),
    /// The upper half of an FP32, two raw bytes.
    BF16(2), FP32(4), FP64(8),
    /// Byte strings of any length, each behind a 4-byte little-endian length.
    BYTES(-1);

    private static final Map<String, DataType> BY_NAME = new HashMap<>();

    static {
        for (DataType type : values()) {
            BY_NAME.put(type.name(), type);
        }
    }

    private final int byteSize;

    DataType(int byteSize) {
        this.byteSize = byteSize;
    }

    /// Bytes of one element, or -1 for [#BYTES], whose elements vary.
    public int byteSize() {
        return byteSize;
    }

    public boolean isFixedSize() {
        return byteSize > 0;
    }

    public boolean isFloatingPoint() {
        return this == FP16 || this == BF16 || this == FP32 || this == FP64;
    }

    /// The datatype of the protocol's name (`"FP32"`), or null when the protocol has no such name.
    public static @Nullable DataType byName(String name) {
        return BY_NAME.get(name);
    }
}
