package dev.understudy.runtime;

import dev.understudy.ffm.ort.OrtApi;
import dev.understudy.ffm.ort.OrtFailure;
import dev.understudy.ffm.ort.TensorValue;
import dev.understudy.tensor.DataType;
import dev.understudy.tensor.Shape;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.Map;

/// Direct memory that ONNX Runtime reads or writes in place, for one input or one pinned output of one session. Grows to
/// the largest shape seen and stays. Not thread-safe; owned by its instance's thread. Not for BYTES.
final class Staging implements AutoCloseable {
    /// ONNX Runtime's kernels like cache lines.
    private static final long ALIGNMENT_BYTES = 64;
    /// Tensors over the same memory in other shapes; making one costs a good part of a small model's run.
    private static final int SHAPES_MAX = 64;

    private final OrtApi api;
    private final DataType datatype;
    private final Map<Shape, TensorValue> tensors = new LinkedHashMap<>(16, 0.75f, true);
    private Arena arena = Arena.ofConfined();
    private MemorySegment memory = MemorySegment.NULL;

    Staging(OrtApi api, DataType datatype) {
        this.api = api;
        this.datatype = datatype;
    }

    /// The tensor of this shape over the memory. Valid until another shape is bound.
    TensorValue bind(Shape shape) throws OrtFailure {
        TensorValue tensor = tensors.get(shape);
        return tensor != null ? tensor : create(shape);
    }

    /// The memory behind a tensor of this shape, already bound.
    MemorySegment memory(Shape shape) {
        return memory.asSlice(0, bytes(shape));
    }

    private TensorValue create(Shape shape) throws OrtFailure {
        long bytes = bytes(shape);
        if (memory.byteSize() < bytes || memory.equals(MemorySegment.NULL)) {
            grow(Math.max(bytes, ALIGNMENT_BYTES));
        }
        if (tensors.size() >= SHAPES_MAX) {
            Shape eldest = tensors.keySet().iterator().next();
            tensors.remove(eldest).close();
        }
        TensorValue tensor = TensorValue.over(api, memory.asSlice(0, bytes), OrtSignature.elements(datatype),
                shape.toArray());
        tensors.put(shape, tensor);
        return tensor;
    }

    private void grow(long bytes) {
        closeTensors();
        // The allocation may fail, and the next shape must not meet memory that was freed.
        memory = MemorySegment.NULL;
        arena.close();
        arena = Arena.ofConfined();
        memory = arena.allocate(bytes, ALIGNMENT_BYTES);
    }

    private long bytes(Shape shape) {
        return shape.elements() * datatype.byteSize();
    }

    private void closeTensors() {
        tensors.values().forEach(TensorValue::close);
        tensors.clear();
    }

    @Override
    public void close() {
        closeTensors();
        arena.close();
    }
}
