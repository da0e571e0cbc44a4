package dev.understudy.server.codec;

import dev.understudy.tensor.DataType;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.Tensor;
import dev.understudy.tensor.TensorSpec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;

/// The body that is one tensor's bytes: the shape comes from the model's signature and the number of bytes. Stateless,
/// thread-safe.
final class RawBinary {
    private static final ValueLayout.OfInt LENGTH = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private RawBinary() {}

    static Tensor tensor(String model, List<TensorSpec> signature, boolean batched, byte[] body, int offset,
            int length) throws Refusal {
        List<TensorSpec> required = signature.stream().filter(input -> !input.optional()).toList();
        // A body can only be one input: the one that must be there, or the only one there is.
        List<TensorSpec> candidates = required.isEmpty() ? signature : required;
        if (candidates.size() != 1) {
            throw new Refusal("a raw binary request needs a model with one input, but model '" + model + "' has "
                    + candidates.size());
        }
        TensorSpec input = candidates.getFirst();
        long[] dims = withBatchOfOne(input, batched);
        if (input.datatype() == DataType.BYTES) {
            return string(input, dims, body, offset, length);
        }
        Shape shape = shape(input, dims, length);
        MemorySegment data = MemorySegment.ofArray(body).asSlice(offset, length);
        String complaint = input.datatype() == DataType.BOOL ? BoolBytes.complaint(data) : "";
        if (!complaint.isEmpty()) {
            throw Refusal.of(input.name(), complaint);
        }
        return new Tensor(input.name(), input.datatype(), shape, data);
    }

    /// The whole body as one string: its length is put in front, which takes the one copy that raw strings cost.
    private static Tensor string(TensorSpec input, long[] dims, byte[] body, int offset, int length) throws Refusal {
        for (int axis = 0; axis < dims.length; axis++) {
            dims[axis] = dims[axis] == Shape.VARIABLE ? 1 : dims[axis];
            if (dims[axis] != 1) {
                throw Refusal.of(input.name(),
                        "a raw binary request holds one string, but the model wants " + input.shape());
            }
        }
        MemorySegment data = MemorySegment.ofArray(new byte[Math.addExact(4, length)]);
        data.set(LENGTH, 0, length);
        MemorySegment.copy(body, offset, data, ValueLayout.JAVA_BYTE, 4, length);
        return new Tensor(input.name(), DataType.BYTES, Shape.of(dims), data);
    }

    private static Shape shape(TensorSpec input, long[] dims, int length) throws Refusal {
        long rowBytes = input.datatype().byteSize();
        int variable = -1;
        for (int axis = 0; axis < dims.length; axis++) {
            if (dims[axis] != Shape.VARIABLE) {
                rowBytes = Math.multiplyExact(rowBytes, dims[axis]);
            } else if (variable < 0) {
                variable = axis;
            } else {
                throw Refusal.of(input.name(), "a raw binary request leaves at most one dimension open, but the model "
                        + "has shape " + input.shape());
            }
        }
        if (variable >= 0 && rowBytes > 0 && length % rowBytes == 0) {
            dims[variable] = length / rowBytes;
        } else if (variable >= 0 || length != rowBytes) {
            throw Refusal.of(input.name(), "the body has " + length + " bytes, but " + input.datatype() + " of shape "
                    + Shape.of(dims) + " takes " + (variable >= 0 ? "a multiple of " : "") + rowBytes);
        }
        return Shape.of(dims);
    }

    /// The signature's dimensions. A raw request is a batch of one; where the model is not known to be batched, the first
    /// dimension is the batch when more than one is open.
    private static long[] withBatchOfOne(TensorSpec input, boolean batched) {
        long[] dims = input.shape().toArray();
        int open = 0;
        for (long dim : dims) {
            open += dim == Shape.VARIABLE ? 1 : 0;
        }
        if ((batched || open > 1) && open > 0 && dims[0] == Shape.VARIABLE) {
            dims[0] = 1;
        }
        return dims;
    }
}
