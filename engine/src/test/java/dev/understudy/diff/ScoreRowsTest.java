package dev.understudy.diff;

import static dev.understudy.diff.TestTensors.elementwise;
import static dev.understudy.diff.TestTensors.floats;
import static dev.understudy.diff.TestTensors.raw;
import static dev.understudy.diff.TestTensors.rows;
import static dev.understudy.diff.TestTensors.rule;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.diff.OutputDifference.Elementwise;
import dev.understudy.diff.OutputDifference.ScoreMetrics;
import dev.understudy.model.InvalidConfigException;
import dev.understudy.tensor.DataType;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.Tensor;
import org.junit.jupiter.api.Test;

class ScoreRowsTest {
    @Test
    void oneRowWithAnotherTopAnswerIsAFlip() throws InvalidConfigException {
        Elementwise difference = elementwise(rule("same_top_answer"), rows(3, 1, 5, 2, 9, 0, 0),
                rows(3, 1, 5, 2, 0, 0, 4));
        assertEquals(new ScoreMetrics(2, 1, 1, 3, 1, 1), difference.scores());
        assertFalse(difference.agrees());
        assertEquals(1 + 9 + 4, difference.severity());
    }

    @Test
    void otherScoresWithTheSameTopAnswerAgree() throws InvalidConfigException {
        Elementwise difference = elementwise(rule("same_top_answer"), floats(1, 5, 2), floats(-3, 90, 7));
        assertTrue(difference.agrees());
        assertEquals(1, difference.severity());
    }

    @Test
    void aTieWithinAtolOnEitherSideIsNoFlip() throws InvalidConfigException {
        Tensor clear = floats(0, 1);
        assertTrue(elementwise(rule("same_top_answer"), clear, floats(1, 1)).agrees());
        assertTrue(elementwise(rule("same_top_answer"), clear, floats(1.000005f, 1)).agrees());
        assertFalse(elementwise(rule("same_top_answer"), clear, floats(1.0001f, 1)).agrees());
        assertTrue(elementwise(rule("same_top_answer"), floats(1, 1), clear).agrees());
    }

    @Test
    void overlapIsTheMeanShareOfTheTopFive() throws InvalidConfigException {
        Elementwise difference = elementwise(rule("same_top_answer"), floats(9, 8, 7, 6, 5, 4, 3, 2),
                floats(9, 0, 0, 6, 5, 4, 3, 2));
        assertEquals(new ScoreMetrics(1, 0, 0.6, 5, 0, 0), difference.scores());
    }

    @Test
    void topKComparesSetsNotOrder() throws InvalidConfigException {
        assertTrue(elementwise(rule("rule", "same_top_k", "k", "2"), floats(9, 8, 1), floats(8, 9, 1)).agrees());
        Elementwise other = elementwise(rule("rule", "same_top_k", "k", "2"), floats(9, 8, 1), floats(9, 1, 8));
        assertFalse(other.agrees());
        assertEquals(1 + 7 + 7, other.severity());
        assertEquals(new ScoreMetrics(1, 0, 0.5, 2, 0, 0), other.scores());
        assertTrue(elementwise(rule("rule", "same_top_k", "k", "9"), floats(1, 2), floats(2, 1)).agrees());
    }

    @Test
    void aTieAtTheBarOfTopKIsNoDisagreement() throws InvalidConfigException {
        assertTrue(elementwise(rule("rule", "same_top_k", "k", "2"), floats(9, 8, 8, 1), floats(9, 7, 8, 1)).agrees());
    }

    @Test
    void infinitiesAndNansThatMeetAreRankedAndAgree() throws InvalidConfigException {
        float nan = Float.NaN;
        float low = Float.NEGATIVE_INFINITY;
        assertTrue(elementwise(rule("same_top_answer"), floats(low, nan, 3), floats(low, nan, 4)).agrees());
        assertEquals(2, championTop(floats(low, nan, 3)));
        assertTrue(elementwise(rule("same_top_answer"), floats(low, low), floats(low, low)).agrees());
        assertTrue(elementwise(rule("same_top_answer"), floats(nan, nan), floats(nan, nan)).agrees());
    }

    @Test
    void integerScoresAreRankedBySignednessOfTheirDatatype() throws InvalidConfigException {
        assertEquals(1, championTop(raw(DataType.UINT8, 3, 200)));
        assertEquals(0, championTop(raw(DataType.INT8, 3, 200)));
    }

    @Test
    void aScalarIsARowOfOneScore() throws InvalidConfigException {
        Tensor scalar = Tensor.ofFloats("y", Shape.of(), 3);
        assertEquals(new ScoreMetrics(1, 0, 1, 1, 0, 0), elementwise(rule("same_top_answer"), scalar, scalar).scores());
    }

    private static int championTop(Tensor champion) throws InvalidConfigException {
        ScoreMetrics scores = elementwise(rule("same_top_answer"), champion, champion).scores();
        assertNotNull(scores);
        return scores.championTop();
    }
}
