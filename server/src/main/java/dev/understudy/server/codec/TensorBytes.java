package dev.understudy.server.codec;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/// A tensor's bytes while they are written, element by element, little-endian. Not thread-safe; owned by the reader of
/// one tensor.
final class TensorBytes {
    /// What stands before each string.
    static final int LENGTH_BYTES = 4;
    /// The greatest Java array.
    static final int BYTES_MAX = Integer.MAX_VALUE - 8;

    private static final VarHandle SHORT = view(short[].class);
    private static final VarHandle INT = view(int[].class);
    private static final VarHandle LONG = view(long[].class);
    private static final VarHandle FLOAT = view(float[].class);
    private static final VarHandle DOUBLE = view(double[].class);

    private byte[] bytes;
    private int length;

    /// Room for `capacity` bytes, which only strings may exceed.
    TensorBytes(int capacity) {
        bytes = new byte[capacity];
    }

    void add(byte value) {
        bytes[length++] = value;
    }

    void add(short value) {
        SHORT.set(bytes, length, value);
        length += Short.BYTES;
    }

    void add(int value) {
        INT.set(bytes, length, value);
        length += Integer.BYTES;
    }

    void add(long value) {
        LONG.set(bytes, length, value);
        length += Long.BYTES;
    }

    void add(float value) {
        FLOAT.set(bytes, length, value);
        length += Float.BYTES;
    }

    void add(double value) {
        DOUBLE.set(bytes, length, value);
        length += Double.BYTES;
    }

    /// A string behind its length; false, and nothing is added, when the tensor would be larger than one can be.
    boolean add(byte[] string) {
        long needed = (long) length + LENGTH_BYTES + string.length;
        if (needed > BYTES_MAX) {
            return false;
        }
        if (needed > bytes.length) {
            bytes = Arrays.copyOf(bytes, (int) Math.min(BYTES_MAX, Math.max(needed, bytes.length * 2L)));
        }
        add(string.length);
        System.arraycopy(string, 0, bytes, length, string.length);
        length += string.length;
        return true;
    }

    /// The bytes written, copied only when there was more room. Nothing may be written afterwards.
    byte[] toArray() {
        return length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
    }

    private static VarHandle view(Class<?> array) {
        return MethodHandles.byteArrayViewVarHandle(array, ByteOrder.LITTLE_ENDIAN);
    }
}
