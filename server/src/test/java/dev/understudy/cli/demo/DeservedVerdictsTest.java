package dev.understudy.cli.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.diff.Comparators;
import dev.understudy.diff.Difference;
import dev.understudy.journal.Answers;
import dev.understudy.journal.Grading;
import dev.understudy.model.ModelConfig;
import dev.understudy.model.ModelConfigFile;
import dev.understudy.models.Digit;
import dev.understudy.models.Digits;
import dev.understudy.runtime.OrtInstance;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.Tensor;
import dev.understudy.verdict.Circumstances;
import dev.understudy.verdict.Criteria;
import dev.understudy.verdict.Decision;
import dev.understudy.verdict.Evidence;
import dev.understudy.verdict.Judge;
import dev.understudy.verdict.LedgerCounts;
import dev.understudy.verdict.Observation.Compared;
import dev.understudy.verdict.SegmentResult;
import dev.understudy.verdict.Task;
import dev.understudy.verdict.Verdict;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// The verdicts that the demo plays for, without its clock and its server: the digits it plays, run by the models it drops,
/// compared, labelled and judged by what it declares, in its order, round and round.
class DeservedVerdictsTest {
    private static final Path MODELS = Path.of("..", "models");
    private static final List<Digit> DIGITS = Digits.load().heldOut();
    /// Digits between two looks, and how many are played: as many as the demo plays to its first challenger if nothing is
    /// said of its length and rate.
    private static final int LOOK_DIGITS = 50;
    private static final int DIGITS_MAX = 2_700;

    private final ModelConfig config;
    private final Comparators comparators;
    private final Task task;

    DeservedVerdictsTest() throws Exception {
        config = ModelConfigFile.read(MODELS.resolve("repository/digits/model.yaml"), ModelConfig.DEFAULT);
        comparators = Comparators.parse(config.sections().get("comparators"));
        task = Task.parse(config.sections().get("task")).orElseThrow();
    }

    /// The verdicts at every look, the last one after `digits`.
    private List<Verdict> play(String challenger, String criteria, int digits) throws Exception {
        List<List<Tensor>> right = answers("repository/digits/1.onnx");
        List<List<Tensor>> other = answers("challengers/" + challenger + ".onnx");
        Evidence evidence = new Evidence(Criteria.parse(criteria));
        List<Verdict> verdicts = new ArrayList<>();
        for (int i = 0; i < digits; i++) {
            int digit = i % DIGITS.size();
            take(evidence, i, right.get(digit), other.get(digit), DIGITS.get(digit).label());
            if ((i + 1) % LOOK_DIGITS == 0) {
                LedgerCounts ledger = new LedgerCounts(i + 1, i + 1, i + 1, Map.of(), Map.of(), 0);
                verdicts.add(Judge.judge(evidence, new Circumstances(ledger, 1, List.of())));
            }
        }
        return verdicts;
    }

    private static List<List<Tensor>> answers(String file) throws Exception {
        List<List<Tensor>> answers = new ArrayList<>();
        try (OrtInstance model = OrtInstance.load(MODELS.resolve(file), 1)) {
            for (Digit digit : DIGITS) {
                answers.add(model.runAlone(
                        List.of(Tensor.ofFloats("image", Shape.of(1, Digits.PIXELS), digit.pixels()))));
            }
        }
        return answers;
    }

    private void take(Evidence evidence, int number, List<Tensor> champion, List<Tensor> challenger, int label) {
        List<Difference> differences = new ArrayList<>();
        differences.add(comparators.compare(champion, challenger));
        evidence.criteria().rules().forEach(rule -> differences.add(rule.compare(champion, challenger)));
        evidence.take(new Compared(0, null, 1_000_000, differences));
        Answers answers = Answers.of(task, "r" + number, null, champion, challenger).orElseThrow();
        Grading.grade(task, List.of(Integer.toString(label)), answers, 0).orElseThrow().forEach(evidence::take);
    }

    private static List<Decision> decisions(List<Verdict> verdicts) {
        return verdicts.stream().map(Verdict::decision).distinct().toList();
    }

    @Test
    void theBetterOneIsPromotedOnLabelsThoughItDiffersAsOftenAsTheWorse() throws Exception {
        List<Verdict> verdicts = play(Act.BETTER, Act.MORE_RIGHT, DIGITS_MAX);
        assertEquals(List.of(Decision.WATCH, Decision.PROMOTE), decisions(verdicts));
    }

    @Test
    void theEqualOneIsPromotedUnderTheCriteriaOfAgreement() throws Exception {
        List<Verdict> verdicts = play(Act.EQUAL, Act.THE_SAME, DIGITS_MAX);
        assertEquals(List.of(Decision.WATCH, Decision.PROMOTE), decisions(verdicts));
    }

    @Test
    void theOneThatIsWorseOnEightsIsHeldBackByThatDigitByName() throws Exception {
        List<Verdict> verdicts = play(Act.WORSE, Act.MORE_RIGHT, DIGITS_MAX);
        assertEquals(List.of(Decision.WATCH, Decision.REJECT), decisions(verdicts));
        List<Verdict> named = verdicts.stream().filter(verdict -> !failing(verdict).isEmpty()).toList();
        assertEquals(Decision.WATCH, named.getFirst().decision(), "the digit is known before all digits together tell");
        assertTrue(named.getFirst().reason().contains("label=8"), named.getFirst().reason());
        assertEquals(verdicts.getLast(), named.getLast());
        named.forEach(verdict -> assertEquals(List.of("label=8"), failing(verdict)));
    }

    private static List<String> failing(Verdict verdict) {
        return verdict.segments().stream().filter(SegmentResult::failing).map(SegmentResult::segment).distinct()
                .toList();
    }
}
