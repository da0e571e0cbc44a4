package dev.understudy.tensor;

import java.util.Arrays;

/// An immutable tensor shape. Dimensions are elements, outermost first; [#VARIABLE] stands in a model's
/// signature for a dimension that differs from request to request, and never in a tensor. Rank 0 is a scalar.
public final class Shape {
    /// A dimension that varies.
    public static final long VARIABLE = -1;

    /// What stands in a signature where a model leaves even the rank open: it accepts every shape, and is never a tensor's.
    /// The protocol has no words for it, so it shows as one dimension that varies.
    public static final Shape ANY = new Shape(new long[]{VARIABLE}, false);

    private static final Shape SCALAR = new Shape(new long[0], true);

    private final long[] dims;
    private final boolean hasRank;

    private Shape(long[] dims, boolean hasRank) {
        this.dims = dims;
        this.hasRank = hasRank;
    }

    /// A shape of these dimensions, copied. Each is at least 0, or [#VARIABLE].
    ///
    /// @throws IllegalArgumentException for any other negative dimension
    public static Shape of(long... dims) {
        if (dims.length == 0) {
            return SCALAR;
        }
        for (long dim : dims) {
            if (dim < VARIABLE) {
                throw new IllegalArgumentException("negative dimension: shape=" + Arrays.toString(dims));
            }
        }
        return new Shape(dims.clone(), true);
    }

    public int rank() {
        return dims.length;
    }

    /// False for [#ANY] alone.
    public boolean hasRank() {
        return hasRank;
    }

    public long dim(int axis) {
        return dims[axis];
    }

    /// A fresh array of the dimensions.
    public long[] toArray() {
        return dims.clone();
    }

    /// True when no dimension varies.
    public boolean isConcrete() {
        for (long dim : dims) {
            if (dim == VARIABLE) {
                return false;
            }
        }
        return true;
    }

    /// The number of elements: the product of the dimensions, 1 for a scalar.
    ///
    /// @throws ArithmeticException   when it does not fit a long
    /// @throws IllegalStateException when a dimension varies
    public long elements() {
        long product = 1;
        boolean empty = false;
        for (long dim : dims) {
            if (dim == VARIABLE) {
                throw new IllegalStateException("a variable dimension has no size: shape=" + this);
            }
            empty |= dim == 0;
        }
        if (empty) {
            return 0;
        }
        for (long dim : dims) {
            product = Math.multiplyExact(product, dim);
        }
        return product;
    }

    /// True when a tensor of the concrete shape `actual` fits this signature.
    public boolean accepts(Shape actual) {
        if (!hasRank) {
            return true;
        }
        if (actual.dims.length != dims.length) {
            return false;
        }
        for (int axis = 0; axis < dims.length; axis++) {
            if (dims[axis] != VARIABLE && dims[axis] != actual.dims[axis]) {
                return false;
            }
        }
        return true;
    }

    /// This shape with dimension 0 replaced. The rank must be at least 1.
    public Shape withRows(long rows) {
        long[] copy = dims.clone();
        copy[0] = rows;
        return new Shape(copy, true);
    }

    /// This shape behind a further first dimension.
    public Shape behind(long first) {
        long[] longer = new long[dims.length + 1];
        longer[0] = first;
        System.arraycopy(dims, 0, longer, 1, dims.length);
        return new Shape(longer, true);
    }

    /// True when the shapes have the same rank, at least 1, and equal dimensions behind the first.
    public boolean sameRowShape(Shape other) {
        return dims.length >= 1 && dims.length == other.dims.length
                && Arrays.equals(dims, 1, dims.length, other.dims, 1, other.dims.length);
    }

    @Override
    public boolean equals(Object object) {
        return object instanceof Shape other && hasRank == other.hasRank && Arrays.equals(dims, other.dims);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(dims);
    }

    /// `[1,64]`, as the protocol writes it.
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("[");
        for (int axis = 0; axis < dims.length; axis++) {
            text.append(axis == 0 ? "" : ",").append(dims[axis]);
        }
        return text.append(']').toString();
    }
}
