package dev.understudy.benchmarks.lane;

import ai.onnxruntime.OrtException;
import dev.understudy.models.Digits;
import dev.understudy.models.SyntheticModels;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/// A model that serves and is shadowed by the same graph under other bytes, one request to it, and that request's right
/// answer. Immutable.
///
/// @param name     the model's name
/// @param model    the ONNX file
/// @param input    the name of its only input, FP32
/// @param output   the name of the output that is checked, FP32
/// @param values   one row
/// @param shape    of the input, one row
/// @param expected that row's answer
/// @param tolerance how far an element of an answer may be from it, relative to 1 plus its size
@SuppressWarnings("ArrayRecordComponent") // never changed
public record Subject(String name, byte[] model, String input, String output, float[] values, long[] shape,
        float[] expected, double tolerance) {
    private static final Path DIGITS = Path.of("models", "repository", "digits", "1.onnx");
    /// Field 6 of ONNX's `ModelProto`, a document string, of one letter.
    private static final byte[] DOCUMENT_STRING = {0x32, 1, 'x'};
    /// Batches are summed in another order than single rows.
    private static final double TOLERANCE = 1e-3;

    /// Some 0.4 ms a run on two threads, all of it reading 10 MiB of weights.
    static Subject mlp() throws OrtException {
        return of("mlp", SyntheticModels.mlp(512, 10), "input", "output", waves(512), TOLERANCE, 1, 512);
    }

    /// Some 3 ms a run on two threads, all of it arithmetic.
    static Subject conv() throws OrtException {
        return of("conv", SyntheticModels.conv(32, 6, 64), "input", "output", waves(3 * 64 * 64), TOLERANCE, 1, 3,
                64, 64);
    }

    /// The champion that ships: next to no run time, so what is measured is the engine around it.
    static Subject digits() throws IOException, OrtException {
        float[] pixels = Digits.load().heldOut().getFirst().pixels();
        return of("digits", Files.readAllBytes(DIGITS), "image", "probabilities", pixels, TOLERANCE, 1,
                Digits.PIXELS);
    }

    /// Asks ONNX Runtime itself for the right answer, on the CPU.
    public static Subject of(String name, byte[] model, String input, String output, float[] values, double tolerance,
            long... shape) throws OrtException {
        try (RowSession session = new RowSession(model, input, output, shape)) {
            return new Subject(name, model, input, output, values, shape, session.run(values), tolerance);
        }
    }

    /// So many values from -1 to 1.
    public static float[] waves(int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) Math.sin(i);
        }
        return values;
    }

    /// The same graph under other bytes, and so another version.
    byte[] challenger() {
        return challenger(1);
    }

    /// The same graph under bytes that no other number gives.
    byte[] challenger(int number) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(model.length + number * DOCUMENT_STRING.length);
        bytes.writeBytes(model);
        for (int i = 0; i < number; i++) {
            bytes.writeBytes(DOCUMENT_STRING);
        }
        return bytes.toByteArray();
    }

    /// Whether this is the right answer, within rounding.
    boolean isAnsweredBy(float[] answer) {
        if (answer.length != expected.length) {
            return false;
        }
        for (int i = 0; i < answer.length; i++) {
            if (!(Math.abs(answer[i] - expected[i]) <= tolerance * (1 + Math.abs(expected[i])))) {
                return false;
            }
        }
        return true;
    }

    @Override
    public String toString() {
        return name + " " + Arrays.toString(shape);
    }
}
