package dev.understudy.models;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OrtException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SyntheticModelsTest {
    @ParameterizedTest
    @CsvSource({"1, 1", "16, 1", "64, 3", "256, 20"})
    void anMlpKeepsTheScaleOfItsInputThroughEveryLayer(int width, int layers) throws OrtException {
        byte[] file = SyntheticModels.mlp(width, layers);
        assertArrayEquals(file, SyntheticModels.mlp(width, layers));
        try (var model = new OrtModel(file)) {
            assertEquals(signature("[-1, " + width + "]", "[-1, " + width + "]"), model.signature());
            float[][] rows = model.run(row(width, 1), row(width, 2), row(width, 3));
            assertEquals(3, rows.length);
            if (width >= 64) {
                assertAlive(rows);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 1, 1", "8, 1, 8", "16, 4, 16"})
    void aConvolutionalNetworkAveragesEachChannel(int channels, int layers, int imageSize) throws OrtException {
        byte[] file = SyntheticModels.conv(channels, layers, imageSize);
        assertArrayEquals(file, SyntheticModels.conv(channels, layers, imageSize));
        try (var model = new OrtModel(file)) {
            assertEquals(signature("[-1, 3, " + imageSize + ", " + imageSize + "]", "[-1, " + channels + "]"),
                    model.signature());
            float[][][][] images = new float[2][3][imageSize][];
            for (float[][][] image : images) {
                for (float[][] colour : image) {
                    Arrays.setAll(colour, line -> row(imageSize, line));
                }
            }
            float[][] rows = (float[][]) model.runAny(images);
            assertEquals(2, rows.length);
            assertEquals(channels, rows[0].length);
            if (channels >= 8) {
                assertAlive(rows);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 1, 1", "4, 64, 3", "16, 128, 8"})
    void aTokenPerceptronAveragesWhatItMakesOfEachToken(int tokens, int width, int layers) throws OrtException {
        byte[] file = SyntheticModels.tokenMlp(tokens, width, layers);
        assertArrayEquals(file, SyntheticModels.tokenMlp(tokens, width, layers));
        try (var model = new OrtModel(file)) {
            assertEquals(signature("[-1, " + tokens + ", 32]", "[-1, 16]"), model.signature());
            float[][][] sequences = new float[2][tokens][];
            Arrays.setAll(sequences[0], token -> row(32, token));
            Arrays.setAll(sequences[1], token -> sequences[0][tokens - 1 - token]);
            float[][] rows = (float[][]) model.runAny(sequences);
            assertArrayEquals(rows[0], rows[1], 1e-4f, "the order of the tokens does not matter");
            if (width >= 64) {
                assertAlive(rows);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 1, 4, 1", "32, 100, 16, 4"})
    void anEmbeddingTakesAnyTokenAndTheLargestOfEachChannel(int tokens, int entries, int channels, int layers)
            throws OrtException {
        byte[] file = SyntheticModels.embedding(tokens, entries, channels, layers);
        assertArrayEquals(file, SyntheticModels.embedding(tokens, entries, channels, layers));
        try (var model = new OrtModel(file)) {
            assertEquals(signature("[-1, " + tokens + "]", "[-1, " + channels + "]"), model.signature());
            float[] outside = row(tokens, 2);
            outside[0] = -7;
            outside[tokens - 1] = 7;
            float[][] rows = model.run(row(tokens, 1), outside);
            assertAlive(rows);
        }
    }

    @Test
    void manyStepsKeepEachRowApart() throws OrtException {
        byte[] file = SyntheticModels.manySteps(8, 2, 8, 30);
        assertArrayEquals(file, SyntheticModels.manySteps(8, 2, 8, 30));
        try (var model = new OrtModel(file)) {
            assertEquals(signature("[-1, 3, 8, 8]", "[-1, 8]"), model.signature());
            float[][][][] images = new float[2][3][8][];
            for (float[][][] image : images) {
                for (float[][] colour : image) {
                    Arrays.setAll(colour, line -> row(8, line));
                }
            }
            images[1][0][0][0] += 9;
            float[][] both = (float[][]) model.runAny(images);
            float[][] second = (float[][]) model.runAny(new float[][][][]{images[1]});
            assertArrayEquals(second[0], both[1], 1e-5f);
            assertAlive(both);
        }
    }

    @Test
    void identityReturnsItsInput() throws OrtException {
        try (var model = new OrtModel(SyntheticModels.identity(100))) {
            assertEquals(signature("[-1, 100]", "[-1, 100]"), model.signature());
            float[][] rows = {row(100, 1), row(100, 2)};
            assertArrayEquals(rows, model.run(rows));
        }
    }

    @Test
    void trivialReturnsTheFirstFloatsOfEachRow() throws OrtException {
        try (var model = new OrtModel(SyntheticModels.trivial(512, 10))) {
            assertEquals(signature("[-1, 512]", "[-1, 10]"), model.signature());
            float[][] rows = {row(512, 1), row(512, 2)};
            float[][] firsts = {Arrays.copyOf(rows[0], 10), Arrays.copyOf(rows[1], 10)};
            assertArrayEquals(firsts, model.run(rows));
        }
    }

    @Test
    void impossibleSizesAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> SyntheticModels.mlp(0, 1));
        assertThrows(IllegalArgumentException.class, () -> SyntheticModels.mlp(100_000, 1));
        assertThrows(IllegalArgumentException.class, () -> SyntheticModels.mlp(1024, 257));
        assertThrows(IllegalArgumentException.class, () -> SyntheticModels.conv(8, 0, 8));
        assertThrows(IllegalArgumentException.class, () -> SyntheticModels.conv(10_000, 1, 8));
        assertThrows(IllegalArgumentException.class, () -> SyntheticModels.identity(-1));
        assertThrows(IllegalArgumentException.class, () -> SyntheticModels.trivial(9, 10));
    }

    private static List<String> signature(String inputShape, String outputShape) {
        return List.of("input FLOAT " + inputShape, "output FLOAT " + outputShape);
    }

    private static float[] row(int length, long seed) {
        float[] row = new float[length];
        Random random = new Random(seed);
        for (int i = 0; i < length; i++) {
            row[i] = random.nextFloat();
        }
        return row;
    }

    private static void assertAlive(float[][] rows) {
        for (float[] row : rows) {
            float largest = 0;
            for (float value : row) {
                largest = Math.max(largest, Math.abs(value));
            }
            assertTrue(largest > 1e-3 && largest < 1e3, "largest of a row is " + largest);
        }
    }
}
