package dev.understudy.ffm.ort;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;

/// A tensor that we made. Not thread-safe; whoever makes it closes it, after the last run that uses it.
public final class TensorValue implements AutoCloseable {
    private static final ValueLayout.OfInt LENGTH = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final OrtApi api;
    final MemorySegment pointer;

    private TensorValue(OrtApi api, MemorySegment pointer) {
        this.api = api;
        this.pointer = pointer;
    }

    /// A tensor whose elements lie in `memory`, which must outlive it: native memory of exactly the shape's bytes. Nothing
    /// is copied, so a run reads, or as a pinned output writes, what is there then.
    public static TensorValue over(OrtApi api, MemorySegment memory, ElementType elements, long... shape)
            throws OrtFailure {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ADDRESS);
            api.table.call(OrtFunction.CREATE_TENSOR_WITH_DATA_AS_ORT_VALUE, api.cpuMemory, memory, memory.byteSize(),
                    dimensions(arena, shape), shape.length, elements.number, out);
            return new TensorValue(api, out.get(ADDRESS, 0));
        }
    }

    /// A tensor of strings, copied. Strings are bytes here: any bytes, NUL among them.
    ///
    /// @param parts  strings in a row, each behind its length of 4 little-endian bytes; all parts together hold exactly the
    ///               shape's elements
    public static TensorValue ofStrings(OrtApi api, List<MemorySegment> parts, long... shape) throws OrtFailure {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ADDRESS);
            api.table.call(OrtFunction.CREATE_TENSOR_AS_ORT_VALUE, api.allocator, dimensions(arena, shape),
                    shape.length, ElementType.STRING.number, out);
            TensorValue tensor = new TensorValue(api, out.get(ADDRESS, 0));
            try {
                tensor.fill(parts, out);
                return tensor;
            } catch (OrtFailure | RuntimeException | Error e) {
                tensor.close();
                throw e;
            }
        }
    }

    @SuppressWarnings("restricted")
    private void fill(List<MemorySegment> parts, MemorySegment out) throws OrtFailure {
        long element = 0;
        for (MemorySegment part : parts) {
            for (long at = 0; at < part.byteSize(); element++) {
                long length = Integer.toUnsignedLong(part.get(LENGTH, at));
                at += LENGTH.byteSize();
                api.table.call(OrtFunction.GET_RESIZED_STRING_TENSOR_ELEMENT_BUFFER, pointer, element, length, out);
                MemorySegment.copy(part, at, out.get(ADDRESS, 0).reinterpret(length), 0, length);
                at += length;
            }
        }
    }

    private static MemorySegment dimensions(Arena arena, long... shape) {
        return shape.length == 0 ? arena.allocate(JAVA_LONG) : arena.allocateFrom(JAVA_LONG, shape);
    }

    @Override
    public void close() {
        api.table.release(OrtFunction.RELEASE_VALUE, pointer);
    }
}
