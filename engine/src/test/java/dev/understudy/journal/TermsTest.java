package dev.understudy.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.diff.Tolerance;
import dev.understudy.tensor.DataType;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.Tensor;
import dev.understudy.tensor.TensorSpec;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
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
    void aRuleForTheOnlyOutputNeedsNoNameAndOneForSeveralDoes() throws Exception {
        String criteria = "promote_when: [agreement: {at_least: 95%, agree_means: same_top_answer}]";
        assertEquals(List.of(), problems("", criteria, ""));
        List<TensorSpec> two = List.of(OUTPUTS.getFirst(), new TensorSpec("mask", DataType.FP32, Shape.of(-1, 10)));
        Terms terms = Terms.parse("", "", criteria, "");
        assertEquals(
                List.of("criteria, agree_means: which output is meant must be said with output: NAME; the model has"
                        + " scores, mask"),
                terms.problems(two));
        List<Tensor> one = List.of(Tensor.ofFloats("scores", Shape.of(1, 2), 0.6f, 0.4f));
        List<Tensor> same = List.of(Tensor.ofFloats("scores", Shape.of(1, 2), 0.9f, 0.1f));
        assertTrue(terms.criteria().rules().getFirst().compare(one, same).agrees());
        assertFalse(terms.criteria().rules().getFirst()
                .compare(one, List.of(Tensor.ofFloats("scores", Shape.of(1, 2), 0.4f, 0.6f))).agrees());
    }

    @Test
    void anAutomaticToleranceWithoutSecondRunsIsAProblem() throws Exception {
        String auto = "{scores: {rule: close, tolerance: auto}}";
        assertEquals(List.of(), problems(auto, "", ""));
        assertEquals(List.of("comparators: tolerance: auto needs second runs of the champion, and"
                + " noise_floor.rerun_champion is 0%"), problems(auto, """
                        promote_when: [agreement: {at_least: 95%}]
                        noise_floor: {rerun_champion: 0%}
                        """, ""));
    }

    @Test
    void anAutomaticToleranceIsTheSameTermsAsTheDefaultAndThenAsTheDerivedOneWritten() throws Exception {
        Terms declared = Terms.parse("{scores: {rule: close, tolerance: auto}}", "", "", "");
        assertEquals(Terms.parse("{scores: close}", "", "", "").fingerprint(""), declared.fingerprint(""));
        Terms derived = declared.with(Map.of("scores", new Tolerance(4e-5, 4e-4)));
        assertEquals(Terms.parse("{scores: {rule: close, atol: 4e-5, rtol: 4e-4}}", "", "", "").fingerprint(""),
                derived.fingerprint(""));
        assertEquals(derived.fingerprint(""), Terms.parse(derived.comparatorsText(), "", "", "").fingerprint(""),
                "on record it stands in numbers");
    }

    @Test
    void evidenceTakenWithOtherNumericsIsAnothers() throws Exception {
        Terms terms = Terms.parse("{scores: same_top_answer}", "", "", TASK);
        List<String> numerics = List.of("", "tf32=1 nhwc=0", "tf32=0 nhwc=0", "tf32=1 nhwc=1");
        assertEquals(numerics.size(), numerics.stream().map(terms::fingerprint).distinct().count());
        assertEquals(terms.fingerprint("tf32=1 nhwc=0"), terms.fingerprint("tf32=1 nhwc=0"));
    }

    /// What was recorded before there were GPUs must be found again.
    @Test
    void onTheProcessorsNumericsHaveNoPartInTheFingerprint() throws Exception {
        Terms terms = Terms.parse("{scores: same_top_answer}", "", "", TASK);
        String text = terms.comparators().fingerprint(Map.of()) + "\n" + terms.criteria().fingerprint() + "\n"
                + terms.taskText();
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        assertEquals(HexFormat.of().formatHex(hash, 0, 8), terms.fingerprint(""));
    }

    @Test
    void aCriterionThatWouldStayUndecidedForEverIsNamed() throws Exception {
        assertEquals(List.of("criteria: the model has no output probabilities; it has scores"),
                problems("", "promote_when: [agreement: {at_least: 95%, output: probabilities}]", TASK));
        assertEquals(List.of("task: the model has no output label"),
                problems("", "", "{type: classification, output: label}"));
        assertEquals(List.of("criteria: what asks about labels needs a task, which says how answers are judged"),
                problems("", "promote_when: [accuracy: {at_least: 90%}]", ""));
    }
}
