package dev.understudy.server.codec;

import dev.understudy.tensor.DataType;
import dev.understudy.tensor.Shape;
import org.jspecify.annotations.Nullable;

/// One element of `inputs` while it is read. Not thread-safe; owned by the [JsonRequestReader] that fills it.
final class InputDraft {
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
