package dev.understudy.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.tensor.DataType;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.Tensor;
import dev.understudy.verdict.LabelMeasure;
import dev.understudy.verdict.Observation.Labelled;
import dev.understudy.verdict.Task;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What is held of an answer, and how it meets its label.
class PredictionTest {
    private static final Task SCORES = new Task(Task.Type.CLASSIFICATION, "out", List.of());
    private static final Task ANIMALS = new Task(Task.Type.CLASSIFICATION, "out", List.of("cat", "dog"));
    private static final Task PRICE = new Task(Task.Type.REGRESSION, "out", List.of());

    private static Optional<Prediction> of(Task task, Tensor output) {
        return Prediction.of(task, List.of(Tensor.ofFloats("other", Shape.of(1), 7), output));
    }

    @Test
    void theTopOfEachRowAnswersAndProbabilitiesAreHeld() {
        Prediction both = of(SCORES, Tensor.ofFloats("out", Shape.of(2, 2), 0.25f, 0.75f, 0.5f, 0.5f)).orElseThrow();
        assertEquals(new Prediction(List.of("1", "0"), List.of(0.25, 0.75, 0.5, 0.5)), both);
        assertEquals(new Prediction(List.of("1"), List.of()),
                of(SCORES, Tensor.ofFloats("out", Shape.of(2), -3, 8)).orElseThrow(), "logits are no probabilities");
    }

    @Test
    void aLoneScoreIsTheProbabilityOfClassOne() {
        assertEquals(List.of("0", "1"),
                of(SCORES, Tensor.ofFloats("out", Shape.of(2, 1), 0.25f, 0.75f)).orElseThrow().answers());
        assertEquals(List.of(0.75, 0.25, 0.25, 0.75),
                of(SCORES, Tensor.ofFloats("out", Shape.of(2, 1), 0.25f, 0.75f)).orElseThrow().scores());
    }

    @Test
    void labelsAreComparedByTheirIndexWhereTheyHaveNames() {
        assertEquals(List.of("1", "0"),
                of(ANIMALS, Tensor.ofStrings("out", Shape.of(2), "dog", "cat")).orElseThrow().answers());
        assertEquals(Optional.empty(), of(ANIMALS, Tensor.ofStrings("out", Shape.of(1), "cow")));
        MemorySegment one = MemorySegment.ofArray(new byte[]{1, 0, 0, 0, 0, 0, 0, 0});
        assertEquals(List.of("1"),
                of(ANIMALS, new Tensor("out", DataType.INT64, Shape.of(1), one)).orElseThrow().answers());
    }

    @Test
    void whatIsTooLargeOrCannotAnswerIsNotHeld() {
        assertEquals(Optional.empty(), of(SCORES, Tensor.ofFloats("out", Shape.of(65, 1), new float[65])));
        assertEquals(Optional.empty(), of(SCORES, Tensor.ofFloats("out", Shape.of(0, 3))));
        assertEquals(Optional.empty(), of(PRICE, Tensor.ofFloats("out", Shape.of(1), Float.NaN)));
        assertEquals(Optional.empty(), Prediction.of(SCORES, List.of()));
        float[] uniform = new float[2000];
        uniform[0] = 1;
        assertEquals(List.of(), of(SCORES, Tensor.ofFloats("out", Shape.of(1, 2000), uniform)).orElseThrow().scores());
    }

    private static List<Labelled> grades(Task task, Tensor champion, Tensor challenger, String... truth) {
        Answers answers = Answers.of(task, "r", null, List.of(champion), List.of(challenger)).orElseThrow();
        return Grading.grade(task, List.of(truth), answers, 5).orElseThrow().stream().map(Labelled.class::cast)
                .toList();
    }

    @Test
    void aClassificationGivesAccuracyAndLogLossUnderTheClassOfItsLabel() {
        List<Labelled> grades = grades(ANIMALS, Tensor.ofFloats("out", Shape.of(1, 2), 0.75f, 0.25f),
                Tensor.ofFloats("out", Shape.of(1, 2), 0f, 1f), "cat");
        assertEquals(List.of(new Labelled(5, null, "label=cat", LabelMeasure.ACCURACY, 1, 0, Grading.draw("r", 0)),
                new Labelled(5, null, "label=cat", LabelMeasure.LOG_LOSS, -Math.log(0.75),
                        -Math.log(Grading.PROBABILITY_MIN), Grading.draw("r", 0))),
                grades);
    }

    @Test
    void aSegmentNamedLikeAClassIsNoneOfItsOwn() {
        Tensor cat = Tensor.ofFloats("out", Shape.of(1, 2), 1f, 0f);
        for (String segment : List.of("EU", "label=dog")) {
            Answers answers = Answers.of(ANIMALS, "r", segment, List.of(cat), List.of(cat)).orElseThrow();
            Labelled grade = (Labelled) Grading.grade(ANIMALS, List.of("cat"), answers, 5).orElseThrow().getFirst();
            assertEquals(segment.equals("EU") ? "EU" : null, grade.segment());
            assertEquals("label=cat", grade.labelSegment());
        }
    }

    @Test
    void aRegressionGivesItsErrors() {
        assertEquals(List.of(new Labelled(5, null, null, LabelMeasure.ABSOLUTE_ERROR, 1.5, 0.5, Grading.draw("r", 0)),
                new Labelled(5, null, null, LabelMeasure.SQUARED_ERROR, 2.25, 0.25, Grading.draw("r", 0))),
                grades(PRICE, Tensor.ofFloats("out", Shape.of(1, 1), 4), Tensor.ofFloats("out", Shape.of(1, 1), 3),
                        "2.5"));
    }

    @Test
    void aChallengerThatGaveNoAnswerIsWrong() {
        Answers failed = Answers
                .of(PRICE, "r", null, List.of(Tensor.ofFloats("out", Shape.of(1), 4)), List.of()).orElseThrow();
        Labelled first = (Labelled) Grading.grade(PRICE, List.of("4"), failed, 5).orElseThrow().getFirst();
        assertEquals(
                new Labelled(5, null, null, LabelMeasure.ABSOLUTE_ERROR, 0, Double.POSITIVE_INFINITY,
                        Grading.draw("r", 0)),
                first);
    }

    @Test
    void classesBeyondTheLimitAreNotToldApart() {
        float[] scores = new float[1000];
        scores[700] = 1;
        Tensor many = Tensor.ofFloats("out", Shape.of(1, 1000), scores);
        assertTrue(grades(SCORES, many, many, "700").stream().allMatch(grade -> grade.labelSegment() == null));
        assertTrue(grades(SCORES, many, many, "7").stream().allMatch(grade -> "label=7".equals(grade.labelSegment())));
    }

    @Test
    void theDrawsOfRequestsAreEvenlySpread() {
        int[] tenths = new int[10];
        for (int i = 0; i < 10_000; i++) {
            tenths[(int) (10 * Grading.draw("request-" + i, i % 3))]++;
        }
        for (int tenth : tenths) {
            assertTrue(Math.abs(tenth - 1000) < 150, () -> Arrays.toString(tenths));
        }
    }
}
