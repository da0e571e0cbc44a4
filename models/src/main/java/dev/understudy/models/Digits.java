package dev.understudy.models;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;

/// Thread-safe. The 1,797 handwritten digits that ship with the project, split once and for all: every third row is
/// held out, so that what is played to a model is never what it was trained on.
///
/// The split interleaves rows and does not separate writers: a held-out digit may be by the hand that wrote a
/// training digit, so accuracies on it flatter every model alike.
public final class Digits {
    /// Pixels of an image, 8x8.
    public static final int PIXELS = 64;
    /// Labels, 0..9.
    public static final int CLASSES = 10;

    private static final String RESOURCE = "digits/digits.csv.gz";

    private final List<Digit> training;
    private final List<Digit> heldOut;

    private Digits(List<Digit> rows) {
        training = rows.stream().filter(digit -> !isHeldOut(digit.row())).toList();
        heldOut = rows.stream().filter(digit -> isHeldOut(digit.row())).toList();
    }

    /// Reads the data set from this module's resources.
    public static Digits load() {
        try (InputStream resource = Digits.class.getResourceAsStream(RESOURCE)) {
            if (resource == null) {
                throw new IllegalStateException("the digits data set is missing from the class path");
            }
            return new Digits(parse(resource));
        } catch (IOException e) {
            throw new UncheckedIOException("the digits data set cannot be read", e);
        }
    }

    /// The 1,198 digits that models are trained on, by row.
    public List<Digit> training() {
        return training;
    }

    /// The 599 digits that no model has seen, by row.
    public List<Digit> heldOut() {
        return heldOut;
    }

    private static boolean isHeldOut(int row) {
        return row % 3 == 2;
    }

    private static List<Digit> parse(InputStream compressed) throws IOException {
        List<Digit> rows = new ArrayList<>();
        var lines = new BufferedReader(
                new InputStreamReader(new GZIPInputStream(compressed), StandardCharsets.US_ASCII));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            rows.add(parse(rows.size(), line));
        }
        return rows;
    }

    private static Digit parse(int row, String line) {
        String[] fields = line.split(",", -1);
        if (fields.length != PIXELS + 1) {
            throw new IllegalStateException("row " + row + " of the digits data set has " + fields.length + " fields");
        }
        float[] pixels = new float[PIXELS];
        for (int i = 0; i < PIXELS; i++) {
            pixels[i] = Integer.parseInt(fields[i]);
        }
        return new Digit(row, Integer.parseInt(fields[PIXELS]), pixels);
    }
}
