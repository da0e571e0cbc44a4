package dev.understudy.cli.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.models.Digit;
import dev.understudy.models.Digits;
import java.util.List;
import org.junit.jupiter.api.Test;

final class DigitArtTest {
    @Test
    void paperIsBlankAndInkIsSolid() {
        float[] pixels = new float[Digits.PIXELS];
        pixels[1] = 16;
        pixels[2] = 8;
        List<String> blocks = DigitArt.draw(new Digit(0, 1, pixels), true);
        assertEquals(8, blocks.size());
        assertEquals("  \u2588\u2588\u2592\u2592          ", blocks.getFirst());
        assertTrue(blocks.get(1).isBlank());
        assertEquals("  ##::          ", DigitArt.draw(new Digit(0, 1, pixels), false).getFirst());
    }

    @Test
    void everyDigitThatShipsCanBeDrawn() {
        for (Digit digit : Digits.load().heldOut()) {
            for (String line : DigitArt.draw(digit, true)) {
                assertEquals(DigitArt.WIDTH, line.length());
            }
        }
    }
}
