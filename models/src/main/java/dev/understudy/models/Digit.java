package dev.understudy.models;

import java.util.Arrays;

/// Thread-safe. One handwritten digit: its row in the data set (from 0), its label 0..9, and its 8x8 image as
/// [Digits#PIXELS] values 0..16, row-major. Pixels are copied in and out, so a digit never changes.
///
/// @param row the row in the data set, from 0
/// @param label the digit that the writer meant, 0..9
/// @param pixels the image, row-major, 0 (paper) to 16 (ink)
@SuppressWarnings("ArrayRecordComponent") // copied in and out
public record Digit(int row, int label, float[] pixels) {

    /// Copies the pixels.
    ///
    /// @throws IllegalArgumentException if the label or the number of pixels is wrong
    public Digit {
        if (label < 0 || label >= Digits.CLASSES || pixels.length != Digits.PIXELS) {
            throw new IllegalArgumentException("row " + row + ": label " + label + ", " + pixels.length + " pixels");
        }
        pixels = pixels.clone();
    }

    /// The image, row-major, as a copy that belongs to the caller.
    @Override
    public float[] pixels() {
        return pixels.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Digit that && row == that.row && label == that.label
                && Arrays.equals(pixels, that.pixels);
    }

    @Override
    public int hashCode() {
        return 31 * row + label;
    }

    @Override
    public String toString() {
        return "Digit[row=" + row + ", label=" + label + "]";
    }
}
