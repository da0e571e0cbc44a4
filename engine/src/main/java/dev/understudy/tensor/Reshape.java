package dev.understudy.tensor;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One tensor under two shapes: the same data, seen differently. Immutable.
///
/// @param from the shape it comes in
/// @param to   the shape it is seen in; its varying dimensions are those of `from`, in order
public record Reshape(Shape from, Shape to) {
    public Reshape {
        if (!fits(from, to)) {
            throw new IllegalArgumentException("not as many elements: from=" + from + " to=" + to);
        }
    }

    /// True when both have the same number of varying dimensions, and as many elements before, between and behind them:
    /// then whatever fits the one has as many elements in the other.
    public static boolean fits(Shape from, Shape to) {
        try {
            return products(from).equals(products(to));
        } catch (ArithmeticException beyondAnyTensor) {
            return false;
        }
    }

    private static List<Long> products(Shape shape) {
        List<Long> products = new ArrayList<>();
        long product = 1;
        for (int axis = 0; axis < shape.rank(); axis++) {
            if (shape.dim(axis) == Shape.VARIABLE) {
                products.add(product);
                product = 1;
            } else {
                product = Math.multiplyExact(product, shape.dim(axis));
            }
        }
        products.add(product);
        return products;
    }

    /// The other shape of a tensor of this concrete one, or null when that does not fit `from`.
    public @Nullable Shape of(Shape concrete) {
        if (!from.accepts(concrete)) {
            return null;
        }
        long[] dims = to.toArray();
        int axis = 0;
        for (int i = 0; i < dims.length; i++) {
            if (dims[i] == Shape.VARIABLE) {
                while (from.dim(axis) != Shape.VARIABLE) {
                    axis++;
                }
                dims[i] = concrete.dim(axis++);
            }
        }
        return Shape.of(dims);
    }

    public Reshape reversed() {
        return new Reshape(to, from);
    }
}
