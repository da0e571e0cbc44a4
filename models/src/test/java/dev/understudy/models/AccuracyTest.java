package dev.understudy.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OrtException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AccuracyTest {
    private static final List<Digit> HELD_OUT = Digits.load().heldOut();
    private static final int EIGHTS = (int) HELD_OUT.stream().filter(digit -> digit.label() == 8).count();

    /// Counts over the held-out digits.
    private record Score(int right, int rightEights, int asChampion) {}

    @Test
    void theReadmeStatesWhatTheCommittedModelsScore() throws OrtException {
        String readme = new String(Committed.bytes("README.md"), StandardCharsets.UTF_8);
        for (String file : List.of(Generate.CHAMPION, "challengers/better.onnx", "challengers/equal.onnx",
                "challengers/worse-on-eight.onnx")) {
            Score score = score(file);
            String line = "| `%s` | %d of %d | %d of %d | %d of %d |".formatted(file, score.right, HELD_OUT.size(),
                    score.rightEights, EIGHTS, score.asChampion, HELD_OUT.size());
            assertTrue(readme.contains(line), line);
        }
    }

    @Test
    void betterIsRightMoreOften() throws OrtException {
        assertTrue(score("challengers/better.onnx").right >= score(Generate.CHAMPION).right + 10);
    }

    @Test
    void equalGivesOtherNumbersAndTheSameAnswers() throws OrtException {
        try (var champion = new OrtModel(Committed.bytes(Generate.CHAMPION));
                var equal = new OrtModel(Committed.bytes("challengers/equal.onnx"))) {
            assertEquals(HELD_OUT.size(), score("challengers/equal.onnx").asChampion);
            float[][] expected = champion.run(HELD_OUT);
            float[][] actual = equal.run(HELD_OUT);
            long differing = IntStream.range(0, expected.length)
                    .filter(row -> !Arrays.equals(expected[row], actual[row]))
                    .count();
            assertTrue(differing > expected.length / 2, () -> differing + " rows differ");
        }
    }

    @Test
    void worseOnEightIsWorseOnEightAndHardlyElsewhere() throws OrtException {
        Score champion = score(Generate.CHAMPION);
        Score worse = score("challengers/worse-on-eight.onnx");
        assertTrue(worse.rightEights <= 0.85 * champion.rightEights, worse::toString);
        int others = HELD_OUT.size() - EIGHTS;
        int lost = (champion.right - champion.rightEights) - (worse.right - worse.rightEights);
        assertTrue(Math.abs(lost) <= 0.015 * others, worse::toString);
    }

    private static Score score(String file) throws OrtException {
        int[] champion = answers(Generate.CHAMPION);
        int[] answers = answers(file);
        int right = 0;
        int rightEights = 0;
        int asChampion = 0;
        for (int i = 0; i < answers.length; i++) {
            boolean correct = answers[i] == HELD_OUT.get(i).label();
            right += correct ? 1 : 0;
            rightEights += correct && answers[i] == 8 ? 1 : 0;
            asChampion += answers[i] == champion[i] ? 1 : 0;
        }
        return new Score(right, rightEights, asChampion);
    }

    private static int[] answers(String file) throws OrtException {
        try (var model = new OrtModel(Committed.bytes(file))) {
            return model.answers(HELD_OUT);
        }
    }
}
