package dev.understudy.models;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OrtException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FaultyModelsTest {
    private static final List<Digit> HELD_OUT = Digits.load().heldOut();

    @ParameterizedTest
    @ValueSource(strings = {"returns-nan", "throws", "other-shape", "slow"})
    void aWarmUpOnZerosAndOnesGivesTheChampionsAnswers(String name) throws OrtException {
        float[] zeros = new float[Digits.PIXELS];
        float[] ones = new float[Digits.PIXELS];
        Arrays.fill(ones, 1);
        try (var champion = champion(); var faulty = faulty(name)) {
            assertEquals(champion.signature(), faulty.signature());
            assertArrayEquals(champion.run(zeros, ones), faulty.run(zeros, ones));
            assertArrayEquals(champion.run(zeros), faulty.run(zeros));
        }
    }

    @Test
    void someDigitsGiveNanAndTheOthersTheChampionsAnswer() throws OrtException {
        try (var champion = champion(); var faulty = faulty("returns-nan")) {
            float[][] expected = champion.run(HELD_OUT);
            float[][] actual = faulty.run(HELD_OUT);
            float[] allNan = new float[Digits.CLASSES];
            Arrays.fill(allNan, Float.NaN);
            int nanRows = 0;
            for (int row = 0; row < actual.length; row++) {
                boolean inked = HELD_OUT.get(row).pixels()[36] > 8;
                nanRows += inked ? 1 : 0;
                assertArrayEquals(inked ? allNan : expected[row], actual[row]);
            }
            assertTrue(nanRows > 100 && nanRows < actual.length - 100, nanRows + " rows of NaN");
        }
    }

    @Test
    void everyRealDigitFailsTheRunAndLeavesTheSessionUsable() throws OrtException {
        try (var faulty = faulty("throws")) {
            for (Digit digit : HELD_OUT) {
                assertThrows(OrtException.class, () -> faulty.run(List.of(digit)), digit::toString);
            }
            assertEquals(1, faulty.run(new float[Digits.PIXELS]).length);
        }
    }

    @Test
    void everyRealDigitGivesNineClassesWhereTenAreDeclared() throws OrtException {
        try (var faulty = faulty("other-shape")) {
            for (float[] row : faulty.run(HELD_OUT)) {
                assertEquals(Digits.CLASSES - 1, row.length);
            }
            assertEquals(Digits.CLASSES - 1, faulty.run(HELD_OUT.subList(0, 1))[0].length);
        }
    }

    @Test
    void slowGivesTheChampionsAnswersToTheBit() throws OrtException {
        List<Digit> digits = HELD_OUT.subList(0, 32);
        try (var champion = champion(); var slow = faulty("slow")) {
            assertArrayEquals(champion.run(digits), slow.run(digits));
            assertArrayEquals(champion.run(digits.subList(0, 1)), slow.run(digits.subList(0, 1)));
        }
    }

    private static OrtModel champion() throws OrtException {
        return new OrtModel(Committed.bytes(Generate.CHAMPION));
    }

    private static OrtModel faulty(String name) throws OrtException {
        return new OrtModel(Committed.bytes("challengers/faulty/" + name + ".onnx"));
    }
}
