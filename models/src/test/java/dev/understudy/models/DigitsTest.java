package dev.understudy.models;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DigitsTest {
    private static final Digits DIGITS = Digits.load();

    @Test
    void everyThirdRowIsHeldOutAndAllOthersAreForTraining() {
        assertEquals(rows(1797, true), DIGITS.heldOut().stream().map(Digit::row).toList());
        assertEquals(rows(1797, false), DIGITS.training().stream().map(Digit::row).toList());
    }

    @Test
    void theFirstRowIsTheFirstLineOfTheFile() {
        Digit first = DIGITS.training().getFirst();
        assertEquals(0, first.label());
        float[] topRows = {0, 0, 5, 13, 9, 1, 0, 0, 0, 0, 13, 15, 10, 15, 5, 0};
        assertArrayEquals(topRows, Arrays.copyOf(first.pixels(), 16));
    }

    @Test
    void everyImageHasPixelsOf0To16AndSomeInk() {
        for (Digit digit : all()) {
            float darkest = 0;
            for (float pixel : digit.pixels()) {
                assertTrue(pixel >= 0 && pixel <= 16 && pixel == Math.rint(pixel), digit::toString);
                darkest = Math.max(darkest, pixel);
            }
            assertTrue(darkest >= 8, digit::toString);
        }
    }

    @Test
    void everyLabelIsInBothParts() {
        for (int label = 0; label < Digits.CLASSES; label++) {
            int wanted = label;
            assertTrue(DIGITS.heldOut().stream().filter(digit -> digit.label() == wanted).count() > 50);
            assertTrue(DIGITS.training().stream().filter(digit -> digit.label() == wanted).count() > 100);
        }
    }

    @Test
    void aDigitCannotBeChangedThroughItsPixels() {
        float[] given = new float[Digits.PIXELS];
        Digit digit = new Digit(0, 1, given);
        given[0] = 1;
        digit.pixels()[1] = 1;
        assertArrayEquals(new float[Digits.PIXELS], digit.pixels());
        assertEquals(new Digit(0, 1, new float[Digits.PIXELS]), digit);
    }

    @Test
    void aDigitOfAnotherSizeOrLabelIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> new Digit(0, 1, new float[63]));
        assertThrows(IllegalArgumentException.class, () -> new Digit(0, 10, new float[64]));
    }

    private static List<Digit> all() {
        return Stream.concat(DIGITS.heldOut().stream(), DIGITS.training().stream()).toList();
    }

    private static List<Integer> rows(int count, boolean heldOut) {
        return IntStream.range(0, count).filter(row -> (row % 3 == 2) == heldOut).boxed().toList();
    }
}
