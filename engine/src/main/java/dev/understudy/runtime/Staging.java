package dev.understudy.runtime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import dev.understudy.tensor.DataType;
import dev.understudy.tensor.Shape;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.Map;

/// Direct memory that ONNX Runtime reads or writes in place, for one input or one pinned output of one session. Grows to
/// the largest shape seen and stays. Not thread-safe; owned by its instance's thread.
final class Staging implements AutoCloseable {
    /// ONNX Runtime's kernels like cache lines.
    private static final long ALIGNMENT_BYTES = 64;
    /// Tensors over the same memory in other shapes; making one costs more than a small model's share of a run.
    private static final int SHAPES_MAX = 64;

    private final DataType datatype;
    private final Map<Shape, OnnxTensor> tensors = new LinkedHashMap<>(16, 0.75f, true);
    private Arena arena = Arena.ofConfined();
    private MemorySegment memory = MemorySegment.NULL;

    Staging(DataType datatype) {
        this.datatype = datatype;
    }

    /// The tensor of this shape over the memory. Valid until the memory grows.
    OnnxTensor bind(Shape shape) throws OrtException {
        OnnxTensor tensor = tensors.get(shape);
        return tensor != null ? tensor : create(shape);
    }

    /// The memory behind a tensor of this shape, already bound.
    MemorySegment memory(Shape shape) {
        return memory.asSlice(0, bytes(shape));
    }

    private OnnxTensor create(Shape shape) throws OrtException {
        long bytes = bytes(shape);
        if (memory.byteSize() < bytes || memory.equals(MemorySegment.NULL)) {
            grow(Math.max(bytes, ALIGNMENT_BYTES));
        }
        if (tensors.size() >= SHAPES_MAX) {
            Shape eldest = tensors.keySet().iterator().next();
            tensors.remove(eldest).close();
        }
        OnnxTensor tensor = OnnxTensor.createTensor(OrtEnvironment.getEnvironment(),
                memory.asSlice(0, bytes).asByteBuffer().order(ByteOrder.nativeOrder()), shape.toArray(),
                OrtSignature.javaType(datatype));
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
        tensors.values().forEach(OnnxTensor::close);
        tensors.clear();
    }

    @Override
    public void close() {
        closeTensors();
        arena.close();
    }
}
