package dev.understudy.ffm.ort;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Reads the types of inputs and outputs. Not thread-safe; lives for the reading of one signature.
final class TypeReader {
    private final OrtTable table;
    private final SegmentAllocator allocator;
    private final MemorySegment out;

    /// A reader that takes what little memory it needs from `allocator`.
    TypeReader(OrtTable table, SegmentAllocator allocator) {
        this.table = table;
        this.allocator = allocator;
        this.out = allocator.allocate(ADDRESS);
    }

    /// The type that an `OrtTypeInfo` describes, which is released.
    ValueType read(MemorySegment typeInfo) throws OrtFailure {
        try {
            table.call(OrtFunction.GET_ONNX_TYPE_FROM_TYPE_INFO, typeInfo, out);
            return switch (out.get(JAVA_INT, 0)) {
                case 1 -> tensor(typeInfo);
                case 2 -> new ValueType.Other("sequence");
                case 3 -> new ValueType.Other("map");
                case 4 -> new ValueType.Other("opaque value");
                case 5 -> new ValueType.Other("sparse tensor");
                case 6 -> maybe(typeInfo);
                default -> new ValueType.Other("value of unknown type");
            };
        } finally {
            table.release(OrtFunction.RELEASE_TYPE_INFO, typeInfo);
        }
    }

    private ValueType maybe(MemorySegment typeInfo) throws OrtFailure {
        table.call(OrtFunction.CAST_TYPE_INFO_TO_OPTIONAL_TYPE_INFO, typeInfo, out);
        table.call(OrtFunction.GET_OPTIONAL_CONTAINED_TYPE_INFO, out.get(ADDRESS, 0), out);
        return new ValueType.Maybe(read(out.get(ADDRESS, 0)));
    }

    private ValueType tensor(MemorySegment typeInfo) throws OrtFailure {
        table.call(OrtFunction.CAST_TYPE_INFO_TO_TENSOR_INFO, typeInfo, out);
        MemorySegment info = out.get(ADDRESS, 0);
        table.call(OrtFunction.GET_TENSOR_ELEMENT_TYPE, info, out);
        ElementType elements = ElementType.of(out.get(JAVA_INT, 0));
        return new ValueType.Tensor(elements, table.ask(OrtFunction.TENSOR_TYPE_AND_SHAPE_HAS_SHAPE, info)
                ? Optional.of(dimensions(info))
                : Optional.empty());
    }

    private List<ValueType.Dimension> dimensions(MemorySegment info) throws OrtFailure {
        table.call(OrtFunction.GET_DIMENSIONS_COUNT, info, out);
        long rank = out.get(JAVA_LONG, 0);
        MemorySegment sizes = allocator.allocate(JAVA_LONG, Math.max(1, rank));
        MemorySegment symbols = allocator.allocate(ADDRESS, Math.max(1, rank));
        table.call(OrtFunction.GET_DIMENSIONS, info, sizes, rank);
        table.call(OrtFunction.GET_SYMBOLIC_DIMENSIONS, info, symbols, rank);
        List<ValueType.Dimension> dimensions = new ArrayList<>();
        for (long axis = 0; axis < rank; axis++) {
            dimensions.add(new ValueType.Dimension(Math.max(-1, sizes.getAtIndex(JAVA_LONG, axis)),
                    text(symbols.getAtIndex(ADDRESS, axis))));
        }
        return dimensions;
    }

    /// The text of a C string, which ends at its first NUL.
    @SuppressWarnings("restricted")
    static String text(MemorySegment string) {
        return string.address() == 0 ? "" : string.reinterpret(Long.MAX_VALUE).getString(0);
    }
}
