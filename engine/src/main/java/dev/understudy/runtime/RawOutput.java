package dev.understudy.runtime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import dev.understudy.tensor.DataType;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.TensorSpec;
import java.lang.foreign.MemorySegment;

/// One output of one run, as the session left it.
///
/// @param data    in the layout of [dev.understudy.tensor.Tensor]
/// @param onHeap  `data` is a heap copy of its own and may be kept; else it is staging memory, overwritten by the next run
public record RawOutput(String name, DataType datatype, Shape shape, MemorySegment data, boolean onHeap) {
    /// An output that ONNX Runtime allocated, copied to the heap.
    static RawOutput copied(TensorSpec spec, OnnxTensor tensor) throws OrtException {
        Shape shape = Shape.of(tensor.getInfo().getShape());
        MemorySegment data = spec.datatype() == DataType.BYTES
                ? OrtStrings.read(tensor, spec.name(), shape)
                : shape.elements() == 0
                        ? MemorySegment.ofArray(new byte[0])
                        : MemorySegment.ofBuffer(tensor.getByteBuffer());
        return new RawOutput(spec.name(), spec.datatype(), shape, data, true);
    }
}
