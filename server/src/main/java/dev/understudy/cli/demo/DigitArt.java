package dev.understudy.cli.demo;

import dev.understudy.models.Digit;
import java.util.ArrayList;
import java.util.List;

/// Draws handwritten digits in characters, two to a pixel, which is about square.
final class DigitArt {
    /// Characters of one drawn digit's line.
    static final int WIDTH = 16;

    private static final int SIDE = 8;
    private static final int INK_MAX = 16;
    private static final String BLOCKS = " \u2591\u2592\u2593\u2588";
    private static final String ASCII = " .:*#";

    private DigitArt() {}

    /// The digit's eight lines, each [#WIDTH] characters.
    ///
    /// @param blocks whether block elements can be shown, else ASCII
    static List<String> draw(Digit digit, boolean blocks) {
        String ramp = blocks ? BLOCKS : ASCII;
        float[] pixels = digit.pixels();
        List<String> lines = new ArrayList<>();
        for (int row = 0; row < SIDE; row++) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < SIDE; column++) {
                int shade = Math.round(pixels[row * SIDE + column] * (ramp.length() - 1) / INK_MAX);
                line.repeat(ramp.charAt(shade), 2);
            }
            lines.add(line.toString());
        }
        return lines;
    }
}
