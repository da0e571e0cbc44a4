package dev.understudy.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReshapeTest {
    private static Shape shape(String dims) {
        return dims.isBlank()
                ? Shape.of()
                : Shape.of(List.of(dims.split(" ")).stream().mapToLong(Long::parseLong).toArray());
    }

    @ParameterizedTest
    @CsvSource({"3 224 224, 1 3 224 224, true", "'', 1 1, true", "2 4 -1 6, 8 -1 1 6, true", "-1 -1, -1 -1, true",
        "4, 5, false", "-1, 4, false", "4 -1, -1 4, false", "-1, -1 -1, false",
        "9223372036854775807 2, 2 9223372036854775807, false"})
    void shapesFitWhenTheyHoldAsManyElementsWhateverVaries(String from, String to, boolean fits) {
        assertEquals(fits, Reshape.fits(shape(from), shape(to)));
        assertEquals(fits, Reshape.fits(shape(to), shape(from)));
    }

    @Test
    void whatDoesNotFitIsNoReshapeAndHasNoOtherShape() {
        assertThrows(IllegalArgumentException.class, () -> new Reshape(Shape.of(4), Shape.of(5)));
        assertNull(new Reshape(Shape.of(-1, 4), Shape.of(-1, 2, 2)).of(Shape.of(3, 5)));
    }

    /// Blocks of fixed dimensions of the same size, told in two ways, between dimensions that vary.
    @Provide
    Arbitrary<List<Long>> blocks() {
        return Arbitraries.longs().between(1, 6).list().ofMinSize(1).ofMaxSize(4);
    }

    @Property(tries = 300)
    void theOtherShapeHasAsManyElementsAndLeadsBack(@ForAll("blocks") List<Long> blocks,
            @ForAll("blocks") List<Long> sizes) {
        List<Long> from = new ArrayList<>();
        List<Long> to = new ArrayList<>(List.of(1L));
        List<Long> concrete = new ArrayList<>();
        for (int i = 0; i < blocks.size(); i++) {
            if (i > 0) {
                from.add(Shape.VARIABLE);
                to.add(Shape.VARIABLE);
                concrete.add(sizes.get(i % sizes.size()));
            }
            from.addAll(List.of(blocks.get(i), 2L));
            to.addAll(List.of(2L, 1L, blocks.get(i)));
            concrete.addAll(List.of(blocks.get(i), 2L));
        }
        Reshape reshape = new Reshape(of(from), of(to));
        Shape seen = of(concrete);
        Shape other = Objects.requireNonNull(reshape.of(seen));
        assertTrue(reshape.to().accepts(other));
        assertEquals(seen.elements(), other.elements());
        assertEquals(seen, reshape.reversed().of(other));
        assertFalse(reshape.from().equals(reshape.to()));
    }

    private static Shape of(List<Long> dims) {
        return Shape.of(dims.stream().mapToLong(Long::longValue).toArray());
    }
}
