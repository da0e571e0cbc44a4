package dev.understudy.diff;

import static dev.understudy.diff.TestTensors.compare;
import static dev.understudy.diff.TestTensors.doubles;
import static dev.understudy.diff.TestTensors.elementwise;
import static dev.understudy.diff.TestTensors.floats;
import static dev.understudy.diff.TestTensors.raw;
import static dev.understudy.diff.TestTensors.rows;
import static dev.understudy.diff.TestTensors.rule;
import static dev.understudy.diff.TestTensors.strings;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.diff.OutputDifference.Elementwise;
import dev.understudy.diff.OutputDifference.Structural;
import dev.understudy.model.InvalidConfigException;
import dev.understudy.model.ModelConfig;
import dev.understudy.model.ModelConfigFile;
import dev.understudy.tensor.DataType;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.Tensor;
import dev.understudy.tensor.TensorSpec;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ComparatorsTest {
    private static final float NAN = Float.NaN;
    private static final float INFINITY = Float.POSITIVE_INFINITY;

    @Test
    void theWorkedExampleGivesItsPublishedMetrics() {
        TensorMetrics metrics = elementwise(Comparators.DEFAULT, doubles(1, 2, 3), doubles(1, 2.0001, 2.9997))
                .metrics();
        assertEquals(3e-4, metrics.maxAbs(), 1e-12);
        assertEquals(1e-4, metrics.maxRel(), 1e-12);
        assertEquals(1.333333e-4, metrics.meanAbs(), 1e-10);
        assertEquals(1.825742e-4, metrics.rmse(), 1e-10);
        assertEquals(.999999997678, metrics.cosine(), 1e-12);
        assertEquals(1_739_423_530,
                elementwise(Comparators.DEFAULT, floats(1e-7f), floats(-1e-7f)).metrics().maxUlp());
    }

    @Test
    void whatHasNoDistanceIsNamedAndNoneIsClaimed() {
        assertEquals("1 NaN on one side only, 1 of 2 elements beyond the tolerance",
                elementwise(Comparators.DEFAULT, floats(1, NAN), floats(1, 2)).why());
        assertEquals("1 unequal infinities, 1 of 2 elements beyond the tolerance",
                elementwise(Comparators.DEFAULT, floats(1, INFINITY), floats(1, 2)).why());
        String both = elementwise(Comparators.DEFAULT, floats(1, NAN), floats(4, 2)).why();
        assertTrue(both.startsWith("1 NaN on one side only") && both.endsWith("largest difference 3.000"), both);
    }

    @Test
    void undeclaredFloatsMustBeCloseByTheirDatatype() {
        assertTrue(compare(Comparators.DEFAULT, floats(100), floats(100.009f)).agrees());
        assertFalse(compare(Comparators.DEFAULT, floats(100), floats(100.02f)).agrees());
        assertFalse(compare(Comparators.DEFAULT, doubles(100), doubles(100.009)).agrees());
        assertEquals("close", elementwise(Comparators.DEFAULT, floats(1), floats(1)).comparator());
    }

    @Test
    void undeclaredIntegersBooleansAndStringsMustBeEqual() {
        Elementwise integers = elementwise(Comparators.DEFAULT, raw(DataType.INT16, 1, 0, 2, 0, 3, 0),
                raw(DataType.INT16, 1, 0, 9, 0, 4, 0));
        assertEquals("identical", integers.comparator());
        assertEquals(2, integers.metrics().unequal());
        assertFalse(integers.agrees());
        assertEquals(1 + 2 / 3.0, integers.severity());
        assertTrue(compare(Comparators.DEFAULT, raw(DataType.BOOL, 1, 0), raw(DataType.BOOL, 1, 0)).agrees());
        assertFalse(compare(Comparators.DEFAULT, raw(DataType.UINT8, 7), raw(DataType.UINT8, 8)).agrees());
        Elementwise texts = elementwise(Comparators.DEFAULT, strings("a", "", "ä", "tail"),
                strings("ab", "", "ä", "tall"));
        assertEquals(2, texts.metrics().unequal());
        assertFalse(texts.agrees());
    }

    @Test
    void everyIntegerWidthCountsItsOwnElements() {
        for (DataType type : List.of(DataType.INT8, DataType.UINT16, DataType.INT32, DataType.UINT64)) {
            int[] a = new int[3 * type.byteSize()];
            int[] b = a.clone();
            b[0] = 1;
            b[b.length - 1] = 1;
            assertEquals(2, elementwise(Comparators.DEFAULT, raw(type, a), raw(type, b)).metrics().unequal());
        }
    }

    @Test
    void outputsThatCannotBePairedDifferInStructure() {
        Structural missing = (Structural) Comparators.DEFAULT.compare(List.of(floats(1)), List.of()).outputs()
                .getFirst();
        assertFalse(missing.agrees());
        assertEquals(Double.POSITIVE_INFINITY, missing.severity());
        assertEquals(new Structural("y", "datatype: champion FP32, challenger FP64"),
                compare(Comparators.DEFAULT, floats(1), doubles(1)));
        assertEquals(new Structural("y", "shape: champion [2], challenger [1,2]"),
                compare(Comparators.DEFAULT, floats(1, 2), rows(2, 1, 2)));
    }

    @Test
    void outputsOnlyTheChallengerHasArePassedOver() {
        Difference difference = Comparators.DEFAULT.compare(List.of(floats(1)),
                List.of(floats(5).renamed("extra"), floats(1)));
        assertEquals(1, difference.outputs().size());
        assertTrue(difference.agrees());
    }

    @Test
    void anIgnoredOutputIsLeftOutEvenWhenItIsMissing() throws InvalidConfigException {
        Difference difference = rule("ignore").compare(List.of(floats(1)), List.of());
        assertEquals(List.of(), difference.outputs());
        assertTrue(difference.agrees());
    }

    @Test
    void aNanOrInfinityOnOneSideNeverAgreesUnderAnyRule() throws InvalidConfigException {
        for (Comparators comparators : List.of(rule("close"), rule("rule", "close", "on", "1%"), rule("identical"),
                rule("same_top_answer"), rule("rule", "same_top_k", "k", "3"), rule("rule", "within", "max_abs", "1e9"),
                rule("rule", "cosine", "at_least", "0.001"))) {
            for (float odd : new float[]{NAN, INFINITY, -INFINITY}) {
                OutputDifference there = compare(comparators, floats(1, 2, 3), floats(1, odd, 3));
                OutputDifference back = compare(comparators, floats(1, odd, 3), floats(1, 2, 3));
                assertFalse(there.agrees() || back.agrees(), comparators.rules().toString());
                assertEquals(Double.POSITIVE_INFINITY, there.severity());
                assertEquals(Double.POSITIVE_INFINITY, back.severity());
            }
            assertFalse(compare(comparators, floats(INFINITY), floats(-INFINITY)).agrees());
        }
    }

    @Test
    void closeOnAShareForgivesThatShareAndNoMore() throws InvalidConfigException {
        Comparators most = rule("rule", "close", "on", "99.9%");
        float[] champion = new float[1000];
        float[] challenger = new float[1000];
        challenger[17] = 1;
        OutputDifference one = compare(most, floats(champion), floats(challenger));
        assertTrue(one.agrees());
        assertEquals(1, one.severity());
        challenger[800] = 1;
        OutputDifference two = compare(most, floats(champion), floats(challenger));
        assertFalse(two.agrees());
        assertTrue(two.severity() > 1);
    }

    @Test
    void closeTakesItsOwnTolerancesAndKeepsTheOther() throws InvalidConfigException {
        assertTrue(compare(rule("rule", "close", "atol", "0.5"), floats(1), floats(1.5f)).agrees());
        assertFalse(compare(rule("rule", "close", "atol", "0", "rtol", "1e-9"), floats(1), floats(1.0001f)).agrees());
        assertTrue(compare(rule("rule", "close", "atol", "1e-9"), floats(1), floats(1.00009f)).agrees());
        assertEquals(2, compare(rule("rule", "close", "atol", "0.5", "rtol", "0"), floats(1), floats(2)).severity());
    }

    @Test
    void withinHoldsTheLargestDistanceToALimitForIntegersToo() throws InvalidConfigException {
        Comparators step = rule("rule", "within", "max_abs", "1");
        assertTrue(compare(step, raw(DataType.UINT8, 200, 3), raw(DataType.UINT8, 201, 3)).agrees());
        OutputDifference far = compare(step, raw(DataType.UINT8, 200, 3), raw(DataType.UINT8, 203, 3));
        assertFalse(far.agrees());
        assertEquals(3, far.severity());
        assertEquals(2, compare(step, raw(DataType.INT8, 255), raw(DataType.INT8, 1)).severity());
        assertTrue(compare(step, floats(5), floats(6)).agrees());
        assertFalse(compare(step, floats(5), floats(Math.nextUp(6f))).agrees());
    }

    /// Their squares are all 0, as if both outputs were zero.
    @Test
    void oppositeDirectionsAreToldApartHoweverSmallTheNumbers() throws InvalidConfigException {
        Comparators direction = rule("rule", "cosine", "at_least", "0.99");
        assertFalse(elementwise(direction, doubles(1e-200, 3e-200), doubles(-1e-200, -3e-200)).agrees());
        assertTrue(elementwise(direction, doubles(1e-200, 3e-200), doubles(1e-200, 3e-200)).agrees());
        assertTrue(elementwise(direction, doubles(0, 0), doubles(-0.0, 0)).agrees());
    }

    @Test
    void cosineLooksAtTheDirectionOnly() throws InvalidConfigException {
        Comparators direction = rule("rule", "cosine", "at_least", "0.99");
        assertTrue(compare(direction, floats(1, 2, 3), floats(2, 4, 6)).agrees());
        OutputDifference across = compare(direction, floats(1, 0), floats(0, 1));
        assertFalse(across.agrees());
        assertEquals(100, across.severity(), 1e-9);
        assertFalse(compare(direction, floats(1, 0), floats(0, 0)).agrees());
        assertTrue(compare(direction, floats(0, 0), floats(0, 0)).agrees());
        assertEquals(0, elementwise(direction, floats(0, 0), floats(0, 1)).metrics().cosine());
    }

    @Test
    void aRuleThatDoesNotFitTheDatatypeSaysSo() throws InvalidConfigException {
        assertEquals(new Structural("y", "rule: cosine does not fit BYTES"),
                compare(rule("rule", "cosine", "at_least", "0.9"), strings("a"), strings("a")));
        List<TensorSpec> outputs = List.of(new TensorSpec("y", DataType.BYTES, Shape.of(Shape.VARIABLE)));
        assertEquals(List.of("comparators: rule same_top_answer of output y does not fit BYTES"),
                rule("same_top_answer").problems(outputs));
        assertEquals(List.of(), rule("identical").problems(outputs));
        assertEquals(List.of("comparators: the model has no output y; it has "), rule("identical").problems(List.of()));
    }

    @Test
    void scoresAreMeasuredOnlyWhereAScoreVectorIsDeclared() throws InvalidConfigException {
        assertNull(elementwise(Comparators.DEFAULT, floats(1, 2), floats(1, 2)).scores());
        assertNotNull(elementwise(rule("same_top_answer"), floats(1, 2), floats(1, 2)).scores());
    }

    @Test
    void emptyOutputsAgree() throws InvalidConfigException {
        Tensor empty = Tensor.ofFloats("y", Shape.of(0, 3));
        assertTrue(compare(Comparators.DEFAULT, empty, empty).agrees());
        Elementwise scores = elementwise(rule("same_top_answer"), empty, empty);
        assertTrue(scores.agrees());
        assertEquals(0, scores.severity());
    }

    @Test
    void fingerprintIsThatOfItsPublishedText() throws Exception {
        Comparators rules = parsed("comparators: {b: identical, a: {rule: close, rtol: 1e-3, on: 99.9%}}");
        String text = """
                5:rules 1:2
                6:output 1:a 38:close atol=default rtol=0.001 on=0.999
                6:output 1:b 9:identical
                7:mapping 1:a 6:scores
                """;
        byte[] sha256 = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        assertEquals(HexFormat.of().formatHex(sha256, 0, 8), rules.fingerprint(Map.of("a", "scores")));
    }

    @Test
    void fingerprintChangesWithWhateverMayChangeAJudgementAndWithNothingElse() throws Exception {
        List<String> sections = List.of("", "comparators: {a: identical}", "comparators: {b: identical}",
                "comparators: {a: ignore}", "comparators: {a: close}", "comparators: {a: {rule: close, atol: 1e-3}}",
                "comparators: {a: {rule: close, rtol: 1e-3}}", "comparators: {a: {rule: close, on: 99%}}",
                "comparators: {a: {rule: within, max_abs: 1}}", "comparators: {a: {rule: within, max_abs: 2}}",
                "comparators: {a: {rule: cosine, at_least: 0.5}}", "comparators: {a: {rule: cosine, at_least: 0.6}}",
                "comparators: {a: same_top_answer}", "comparators: {a: {rule: same_top_k, k: 1}}",
                "comparators: {a: {rule: same_top_k, k: 2}}", "comparators: {a: identical, b: identical}");
        List<Map<String, String>> mappings = List.of(Map.of(), Map.of("a", "b"), Map.of("a", "c"), Map.of("b", "a"),
                Map.of("a", "b", "b", "a"));
        Set<String> fingerprints = new HashSet<>();
        for (String section : sections) {
            for (Map<String, String> mapping : mappings) {
                fingerprints.add(parsed(section).fingerprint(mapping));
            }
        }
        assertEquals(sections.size() * mappings.size(), fingerprints.size());
        assertEquals(parsed("comparators: {a: identical, b: close}").fingerprint(Map.of()),
                parsed("# other words\nmax_batch_size: 3\ncomparators:\n  b: {rule: close}\n  a: identical\n")
                        .fingerprint(Map.of()));
    }

    private static Comparators parsed(String yaml) throws InvalidConfigException {
        return Comparators.parse(ModelConfigFile.parse(yaml, ModelConfig.DEFAULT).sections().get("comparators"));
    }
}
