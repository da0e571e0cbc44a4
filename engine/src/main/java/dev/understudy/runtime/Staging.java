package dev.understudy.runtime;

import dev.understudy.ffm.ort.OrtApi;
import dev.understudy.ffm.ort.OrtFailure;
import dev.understudy.ffm.ort.TensorValue;
import dev.understudy.tensor.DataType;
import dev.understudy.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Direct memory that ONNX Runtime reads or writes in place, for one input or one pinned output of one session. Grows to
/// the largest shape seen and stays. Not thread-safe; owned by its instance's thread. Not for BYTES.
final class Staging implements AutoCloseable {
    private static final long BYTES_MIN = 64;
    /// Tensors over the same memory in other shapes; making one costs a good part of a small model's run.
    private static final int SHAPES_MAX = 64;

    private final OrtApi api;
    private final DataType datatype;
    private final Map<Shape, TensorValue> tensors = new LinkedHashMap<>(16, 0.75f, true);
    private final HostMemory source;
    private HostMemory.@Nullable Block block;

    Staging(OrtApi api, HostMemory source, DataType datatype) {
        this.api = api;
        this.source = source;
        this.datatype = datatype;
    }

    /// The tensor of this shape over the memory. Valid until another shape is bound.
    TensorValue bind(Shape shape) throws OrtFailure {
        TensorValue tensor = tensors.get(shape);
        return tensor != null ? tensor : create(shape);
    }

    /// The memory behind a tensor of this shape, already bound.
    MemorySegment memory(Shape shape) {
        if (block == null) {
            throw new IllegalStateException("nothing is bound");
        }
        return block.segment().asSlice(0, bytes(shape));
    }

    private TensorValue create(Shape shape) throws OrtFailure {
        long bytes = bytes(shape);
        if (block == null || block.segment().byteSize() < bytes) {
            // At least twice as much, since on a GPU each growth may hold up the device.
            grow(Math.max(bytes, block == null ? BYTES_MIN : 2 * block.segment().byteSize()));
        }
        if (tensors.size() >= SHAPES_MAX) {
            Shape eldest = tensors.keySet().iterator().next();
            tensors.remove(eldest).close();
        }
        TensorValue tensor = TensorValue.over(api, memory(shape), OrtSignature.elements(datatype),
                shape.toArray());
        tensors.put(shape, tensor);
        return tensor;
    }

    private void grow(long bytes) {
        closeTensors();
        // The allocation may fail, and the next shape must not meet memory that was freed.
        free();
        block = source.allocate(bytes);
    }

    private void free() {
        HostMemory.Block old = block;
        block = null;
        if (old != null) {
            old.close();
        }
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
        free();
    }
}
