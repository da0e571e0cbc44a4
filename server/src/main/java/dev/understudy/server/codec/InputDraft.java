package dev.understudy.server.codec;

import dev.understudy.tensor.DataType;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// One element of `inputs` while it is read. Not thread-safe; owned by the reader that fills it.
final class InputDraft {
    /// Far beyond any model, near enough that a body full of empty objects costs no more memory than it is long.
    static final int TENSORS_MAX = 4096;
    /// Far beyond any model too; a shape must fit an error message.
    static final int RANK_MAX = 64;
    /// No such field came.
    static final long ABSENT = -1;

    final int index;
    @Nullable
    String name;
    @Nullable
    DataType datatype;
    @Nullable
    Shape shape;
    /// Where the value of `data` begins, relative to the JSON, or [#ABSENT].
    long dataOffset = ABSENT;
    /// The elements of `data`, once they are read.
    byte @Nullable [] data;
    /// `parameters.binary_data_size`, or [#ABSENT].
    long binaryBytes = ABSENT;

    InputDraft(int index) {
        this.index = index;
    }

    /// A refusal that names this input, by position as long as it has no name.
    Refusal refuse(String message) {
        String known = name;
        return known == null
                ? new Refusal("inputs[" + index + "]: " + message)
                : Refusal.of(JsonFields.abbreviate(known), message);
    }

    Refusal refuseDatatype(String text) {
        return refuse("unknown datatype '" + JsonFields.abbreviate(text) + "': expected one of "
                + Arrays.toString(DataType.values()));
    }

    Refusal refuseDimension(String text) {
        return refuse("'shape' holds " + JsonFields.abbreviate(text)
                + ": expected an integer of at least 0 that can be counted");
    }

    Refusal refuseRank() {
        return refuse("'shape' has more than " + RANK_MAX + " dimensions");
    }

    String requireName() throws Refusal {
        String known = name;
        if (known == null) {
            throw refuse("'name' is missing");
        }
        return known;
    }

    DataType requireDatatype() throws Refusal {
        DataType known = datatype;
        if (known == null) {
            throw refuse("'datatype' is missing");
        }
        return known;
    }

    Shape requireShape() throws Refusal {
        Shape known = shape;
        if (known == null) {
            throw refuse("'shape' is missing");
        }
        return known;
    }

    /// The number of elements the shape stands for.
    long elements() throws Refusal {
        Shape known = requireShape();
        try {
            return known.elements();
        } catch (ArithmeticException e) {
            throw refuse("shape " + known + " has more elements than can be counted");
        }
    }

    /// Elements as the client sent them raw, which must be what the datatype can hold.
    MemorySegment checked(MemorySegment raw) throws Refusal {
        String complaint = requireDatatype() == DataType.BOOL ? BoolBytes.complaint(raw) : "";
        if (!complaint.isEmpty()) {
            throw refuse(complaint);
        }
        return raw;
    }

    /// The finished tensor over its elements.
    Tensor tensor(MemorySegment elements) throws Refusal {
        String known = requireName();
        // Counted first, because an uncountable shape would not be an argument the tensor can explain.
        long count = elements();
        try {
            return new Tensor(known, requireDatatype(), requireShape(), elements);
        } catch (IllegalArgumentException e) {
            throw refuse("the BYTES data are not " + count + " strings, each behind its 4-byte "
                    + "little-endian length, as shape " + requireShape() + " needs");
        }
    }

    /// The bytes a tensor of the shape and a fixed-size datatype takes.
    long expectedBytes() throws Refusal {
        long elements = elements();
        int size = requireDatatype().byteSize();
        if (elements > Long.MAX_VALUE / size) {
            throw refuse("shape " + requireShape() + " has more elements than can be counted");
        }
        return elements * size;
    }
}
