package dev.understudy.models;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.onnxruntime.OrtException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tribuo.Model;
import org.tribuo.classification.Label;

class TrainedModelsTest {
    private static final float TOLERANCE = 2e-5f;
    private static final Digits DIGITS = Digits.load();

    @Test
    void theLinearModelGivesTribuosProbabilitiesOnEveryHeldOutDigit() throws OrtException {
        var trained = Training.logisticRegression(DIGITS.training());
        assertGivesProbabilitiesOf(trained, Training.weights(trained).onnx("linear"));
    }

    @Test
    void theFactorisationMachineGivesTribuosProbabilitiesOnEveryHeldOutDigit() throws OrtException {
        var trained = Training.factorisationMachine(DIGITS.training());
        assertGivesProbabilitiesOf(trained, Training.weights(trained).onnx("factorised"));
    }

    @ParameterizedTest
    @ValueSource(strings = {Generate.CHAMPION, "challengers/better.onnx", "challengers/equal.onnx",
        "challengers/worse-on-eight.onnx"})
    void aRowAloneAnswersAsInABatch(String file) throws OrtException {
        try (var model = new OrtModel(Committed.bytes(file))) {
            assertEquals(List.of("image FLOAT [-1, 64]", "probabilities FLOAT [-1, 10]"), model.signature());
            List<Digit> digits = DIGITS.heldOut().subList(0, 32);
            float[][] stacked = model.run(digits);
            for (int row = 0; row < stacked.length; row++) {
                assertArrayEquals(stacked[row], model.run(digits.subList(row, row + 1))[0], TOLERANCE);
            }
        }
    }

    private static void assertGivesProbabilitiesOf(Model<Label> trained, byte[] file) throws OrtException {
        try (var model = new OrtModel(file)) {
            float[][] probabilities = model.run(DIGITS.heldOut());
            for (int i = 0; i < probabilities.length; i++) {
                Digit digit = DIGITS.heldOut().get(i);
                var expected = trained.predict(Training.example(digit)).getOutputScores().values();
                assertEquals(Digits.CLASSES, expected.size());
                for (Label label : expected) {
                    float probability = probabilities[i][Integer.parseInt(label.getLabel())];
                    assertEquals(label.getScore(), probability, TOLERANCE, digit::toString);
                }
            }
        }
    }
}
