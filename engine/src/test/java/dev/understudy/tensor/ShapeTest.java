package dev.understudy.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.util.Arrays;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class ShapeTest {
    @Property
    void elementsAreTheExactProductOrARefusalNeverAWrongNumber(@ForAll("anyDims") long[] dims) {
        Shape shape = Shape.of(dims);
        BigInteger product = Arrays.stream(dims).mapToObj(BigInteger::valueOf).reduce(BigInteger.ONE,
                BigInteger::multiply);
        if (product.bitLength() < Long.SIZE) {
            assertEquals(product.longValueExact(), shape.elements());
        } else {
            assertThrows(ArithmeticException.class, shape::elements);
        }
    }

    @Test
    void anEmptyShapeHasNoElementsHoweverLargeItsOtherDimensions() {
        assertEquals(0, Shape.of(Long.MAX_VALUE, Long.MAX_VALUE, 0).elements());
        assertEquals(1, Shape.of().elements());
    }

    @Test
    void aVariableDimensionHasNoSize() {
        assertThrows(IllegalStateException.class, () -> Shape.of(-1, 4).elements());
        assertThrows(IllegalStateException.class, () -> Shape.of(0, -1).elements(), "not even beside a zero");
        assertThrows(IllegalArgumentException.class, () -> Shape.of(-2));
        assertFalse(Shape.of(2, -1).isConcrete());
        assertTrue(Shape.of().isConcrete());
    }

    @Property
    void aShapeAcceptsItselfAndItsVariableFormAcceptsEveryNumberOfRows(@ForAll("smallDims") long[] dims) {
        Shape shape = Shape.of(dims);
        assertTrue(shape.accepts(shape));
        if (dims.length > 0) {
            Shape signature = shape.withRows(Shape.VARIABLE);
            assertTrue(signature.accepts(shape));
            assertTrue(signature.accepts(shape.withRows(7)));
            assertEquals(dims[0] == 7, shape.accepts(shape.withRows(7)));
            assertTrue(shape.sameRowShape(shape.withRows(7)));
        }
        long[] longer = Arrays.copyOf(dims, dims.length + 1);
        assertFalse(shape.accepts(Shape.of(longer)));
        assertFalse(shape.sameRowShape(Shape.of(longer)));
    }

    @Test
    void scalarsHaveNoRowsToShare() {
        assertFalse(Shape.of().sameRowShape(Shape.of()));
        assertTrue(Shape.of(3).sameRowShape(Shape.of(5)));
    }

    @Property
    void equalDimensionsMakeEqualShapesThatNobodyCanChange(@ForAll("smallDims") long[] dims) {
        long[] given = dims.clone();
        Shape shape = Shape.of(given);
        Arrays.fill(given, 99);
        Arrays.fill(shape.toArray(), 99);
        assertEquals(Shape.of(dims), shape);
        assertEquals(Shape.of(dims).hashCode(), shape.hashCode());
        assertEquals(Arrays.toString(dims).replace(" ", ""), shape.toString());
    }

    @Provide
    Arbitrary<long[]> anyDims() {
        return Arbitraries.longs().between(0, Long.MAX_VALUE).array(long[].class).ofMaxSize(6);
    }

    @Provide
    Arbitrary<long[]> smallDims() {
        return Arbitraries.longs().between(0, 9).array(long[].class).ofMaxSize(6);
    }
}
