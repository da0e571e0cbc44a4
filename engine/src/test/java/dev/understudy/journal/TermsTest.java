package dev.understudy.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.understudy.tensor.DataType;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.TensorSpec;
import java.util.List;
import org.junit.jupiter.api.Test;

class TermsTest {
    private static final List<TensorSpec> OUTPUTS = List.of(new TensorSpec("scores", DataType.FP32, Shape.of(-1, 10)));
    private static final String TASK = "{type: classification, output: scores}";

    private static List<String> problems(String comparators, String criteria, String task) throws Exception {
        return Terms.parse(comparators, "", criteria, task).problems(OUTPUTS);
    }

    @Test
    void whatTheModelCanBeJudgedByIsNoProblem() throws Exception {
        assertEquals(List.of(), problems("{scores: same_top_answer}", """
                promote_when:
                - agreement: {at_least: 95%, output: scores, agree_means: same_top_answer}
                - accuracy_gain: {at_least: 1 points}
                """, TASK));
    }

    @Test
    void aCriterionThatWouldStayUndecidedForEverIsNamed() throws Exception {
        assertEquals(List.of("criteria: the model has no output probabilities"),
                problems("", "promote_when: [agreement: {at_least: 95%, output: probabilities}]", TASK));
        assertEquals(List.of("task: the model has no output label"),
                problems("", "", "{type: classification, output: label}"));
        assertEquals(List.of("criteria: what asks about labels needs a task, which says how answers are judged"),
                problems("", "promote_when: [accuracy: {at_least: 90%}]", ""));
    }
}
