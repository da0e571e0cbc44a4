package dev.understudy.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Array;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A named, immutable tensor. Thread-safe: its bytes are never written once it is built.
///
/// `data` holds the elements as the protocol's binary extension sends them: row-major, little-endian, without
/// padding; BYTES elements each behind a 4-byte little-endian length. It usually is a slice of a request body or
/// of a response buffer, lives on the Java heap and belongs to the garbage collector; nobody closes it. Reads must
/// not assume alignment.
public final class Tensor {
    private static final ValueLayout.OfInt LENGTH = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /// More than a tensor takes besides its elements, its name and its dimensions.
    private static final long OWN_BYTES = 256;

    private final String name;
    private final DataType datatype;
    private final Shape shape;
    private final MemorySegment data;
    /// The array `data` is a part of, which stays as long as this does; null off the heap. A read-only segment hides it.
    private final @Nullable Object array;

    /// A tensor over `data`, which the caller must not change afterwards. On the heap it must come writable, so that the array
    /// under it can be counted.
    ///
    /// @throws IllegalArgumentException when a dimension varies, or when `data` is not exactly the shape's elements
    ///                                  (for BYTES: not exactly that many length-prefixed strings)
    public Tensor(String name, DataType datatype, Shape shape, MemorySegment data) {
        if (!shape.isConcrete()) {
            throw new IllegalArgumentException("a tensor needs a concrete shape: name=" + name + " shape=" + shape);
        }
        long elements = shape.elements();
        if (datatype.isFixedSize()) {
            long expected = Math.multiplyExact(elements, datatype.byteSize());
            if (data.byteSize() != expected) {
                throw new IllegalArgumentException("data does not fill the shape: name=" + name + " datatype="
                        + datatype + " shape=" + shape + " expectedBytes=" + expected + " bytes=" + data.byteSize());
            }
        } else {
            checkStrings(name, shape, elements, data);
        }
        this.name = name;
        this.datatype = datatype;
        this.shape = shape;
        this.data = data.asReadOnly();
        this.array = data.heapBase().orElse(null);
    }

    private Tensor(String name, Shape shape, Tensor same) {
        this.name = name;
        this.datatype = same.datatype;
        this.shape = shape;
        this.data = same.data;
        this.array = same.array;
    }

    private static void checkStrings(String name, Shape shape, long elements, MemorySegment data) {
        long offset = 0;
        for (long element = 0; element < elements; element++) {
            long left = data.byteSize() - offset;
            long length = left < 4 ? -1 : Integer.toUnsignedLong(data.get(LENGTH, offset));
            if (length < 0 || length > left - 4) {
                throw new IllegalArgumentException("BYTES data ends inside element " + element + ": name=" + name
                        + " shape=" + shape + " bytes=" + data.byteSize());
            }
            offset += 4 + length;
        }
        if (offset != data.byteSize()) {
            throw new IllegalArgumentException("BYTES data holds more than the shape's elements: name=" + name
                    + " shape=" + shape + " usedBytes=" + offset + " bytes=" + data.byteSize());
        }
    }

    /// Where `elements` elements of valid BYTES data end that begin at `offset`.
    public static long endOfStrings(MemorySegment data, long offset, long elements) {
        long at = offset;
        for (long i = 0; i < elements; i++) {
            at += LENGTH.byteSize() + Integer.toUnsignedLong(data.get(LENGTH, at));
        }
        return at;
    }

    /// A BYTES tensor of these strings, encoded as UTF-8.
    public static Tensor ofStrings(String name, Shape shape, String... values) {
        byte[][] encoded = new byte[values.length][];
        for (int i = 0; i < values.length; i++) {
            encoded[i] = values[i].getBytes(StandardCharsets.UTF_8);
        }
        return ofBytes(name, shape, encoded);
    }

    /// A BYTES tensor of these elements, copied.
    public static Tensor ofBytes(String name, Shape shape, byte[]... values) {
        int size = 0;
        for (byte[] value : values) {
            size = Math.addExact(size, 4 + value.length);
        }
        MemorySegment data = MemorySegment.ofArray(new byte[size]);
        long offset = 0;
        for (byte[] value : values) {
            data.set(LENGTH, offset, value.length);
            MemorySegment.copy(value, 0, data, ValueLayout.JAVA_BYTE, offset + 4, value.length);
            offset += 4L + value.length;
        }
        return new Tensor(name, DataType.BYTES, shape, data);
    }

    /// An FP32 tensor of these values, copied.
    public static Tensor ofFloats(String name, Shape shape, float... values) {
        MemorySegment data = MemorySegment.ofArray(new byte[Math.multiplyExact(values.length, 4)]);
        MemorySegment.copy(values, 0, data,
                ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), 0, values.length);
        return new Tensor(name, DataType.FP32, shape, data);
    }

    public String name() {
        return name;
    }

    public DataType datatype() {
        return datatype;
    }

    public Shape shape() {
        return shape;
    }

    /// The elements, read-only, in the layout the class describes.
    public MemorySegment data() {
        return data;
    }

    public long byteSize() {
        return data.byteSize();
    }

    /// The same elements under another name; nothing is copied.
    public Tensor renamed(String newName) {
        return new Tensor(newName, shape, this);
    }

    /// The same elements in another shape; nothing is copied.
    ///
    /// @throws IllegalArgumentException when it has not as many elements, or a dimension varies
    public Tensor reshaped(Shape newShape) {
        if (!newShape.isConcrete() || newShape.elements() != shape.elements()) {
            throw new IllegalArgumentException("not as many elements: " + this + " as " + newShape);
        }
        return new Tensor(name, newShape, this);
    }

    /// The memory that holding these keeps from being freed, at most: the arrays their elements lie in, whole and each once,
    /// however small a part of them the elements are; and the tensors themselves.
    public static long heldBytes(List<Tensor> tensors) {
        long bytes = 0;
        // By index and without a set: also where the heap is full, room is given back by this.
        for (int i = 0; i < tensors.size(); i++) {
            Tensor tensor = tensors.get(i);
            bytes += OWN_BYTES + (long) Character.BYTES * tensor.name.length()
                    + (long) Long.BYTES * tensor.shape.rank();
            Object array = tensor.array;
            if (array == null) {
                bytes += tensor.byteSize();
            } else if (!holdsBefore(tensors, i, array)) {
                bytes += array instanceof byte[] own ? own.length : (long) Long.BYTES * Array.getLength(array);
            }
        }
        return bytes;
    }

    @SuppressWarnings("ReferenceEquality")
    private static boolean holdsBefore(List<Tensor> tensors, int end, Object array) {
        for (int i = 0; i < end; i++) {
            if (tensors.get(i).array == array) {
                return true;
            }
        }
        return false;
    }

    /// The elements of a BYTES tensor, in order, each copied.
    ///
    /// @throws IllegalStateException for any other datatype
    public byte[][] byteStrings() {
        if (datatype != DataType.BYTES) {
            throw new IllegalStateException("not a BYTES tensor: name=" + name + " datatype=" + datatype);
        }
        byte[][] values = new byte[Math.toIntExact(shape.elements())][];
        long offset = 0;
        for (int i = 0; i < values.length; i++) {
            int length = data.get(LENGTH, offset);
            values[i] = data.asSlice(offset + 4, length).toArray(ValueLayout.JAVA_BYTE);
            offset += 4L + length;
        }
        return values;
    }

    /// Name, datatype and shape; never the data, which may be large or private.
    @Override
    public String toString() {
        return name + " " + datatype + shape;
    }
}
