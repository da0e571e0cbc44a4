package dev.understudy.diff;

import static dev.understudy.diff.TestTensors.rule;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.model.ConfigNode;
import dev.understudy.model.InvalidConfigException;
import dev.understudy.tensor.DataType;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.TensorSpec;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ComparatorSectionTest {
    @Test
    void everyRuleIsReadWithItsSettings() throws InvalidConfigException {
        assertEquals(new OutputComparator.Identical(), rule("identical").rules().get("y"));
        assertEquals(new OutputComparator.Close(null, null, 1), rule("close").rules().get("y"));
        assertEquals(new OutputComparator.Close(1e-4, 1e-3, 0.999),
                rule("rule", "close", "atol", "1e-4", "rtol", "1e-3", "on", "99.9%").rules().get("y"));
        assertEquals(new OutputComparator.SameTopAnswer(), rule("same_top_answer").rules().get("y"));
        assertEquals(new OutputComparator.SameTopK(5), rule("rule", "same_top_k", "k", "5").rules().get("y"));
        assertEquals(new OutputComparator.Within(0.05), rule("rule", "within", "max_abs", "0.05").rules().get("y"));
        assertEquals(new OutputComparator.Cosine(0.999), rule("rule", "cosine", "at_least", "0.999").rules().get("y"));
        assertEquals(new OutputComparator.Ignore(), rule("ignore").rules().get("y"));
    }

    @Test
    void anAutomaticToleranceIsTheDefaultUntilOneIsSet() throws InvalidConfigException {
        Comparators declared = rule("rule", "close", "tolerance", "auto", "on", "99%");
        assertEquals(Set.of("y"), declared.automatic());
        assertEquals(rule("rule", "close", "on", "99%").fingerprint(Map.of()), declared.fingerprint(Map.of()));
        Comparators set = declared.with(Map.of("y", new Tolerance(1e-3, 1e-2), "other", new Tolerance(1, 1)));
        assertEquals(Map.of("y", new OutputComparator.Close(1e-3, 1e-2, 0.99)), set.rules());
        assertEquals(rule("rule", "close", "atol", "1e-3", "rtol", "1e-2", "on", "99%").fingerprint(Map.of()),
                set.fingerprint(Map.of()), "the same as if somebody had written it");
        Comparators fixed = rule("rule", "close", "atol", "1");
        assertEquals(fixed.rules(), fixed.with(Map.of("y", new Tolerance(1e-3, 1e-2))).rules(), "only where asked for");
    }

    @Test
    void anAutomaticToleranceOfAnExactOutputIsAProblemThatSaysWhatWouldBeRight() throws InvalidConfigException {
        assertEquals(
                List.of("comparators: rule close of output y does not fit INT64, which is compared exactly and has no"
                        + " tolerance to set; write identical"),
                rule("rule", "close", "tolerance", "auto")
                        .problems(List.of(new TensorSpec("y", DataType.INT64, Shape.of(1)))));
    }

    @Test
    void noSectionDeclaresNothing() throws InvalidConfigException {
        assertTrue(Comparators.parse(null).rules().isEmpty());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            argmax |              unknown comparator argmax of output y
            within |              rule within needs max_abs
            cosine |              rule cosine needs at_least
            same_top_k |          rule same_top_k needs k
            rule=close;tol=1 |    unknown key tol; rule close takes atol, on, rtol, tolerance
            rule=close;tolerance=1e-3 | tolerance of output y can only be auto; write one of your own as atol and rtol
            rule=close;tolerance=auto;rtol=1 | takes the place of atol and rtol; leave them out, or leave tolerance out
            rule=identical;tolerance=auto | rule identical of output y has no tolerance that the champion's noise could set; write {rule: close, tolerance: auto}, or leave tolerance out
            rule=same_top_answer;tolerance=auto | rule same_top_answer of output y has no tolerance
            rule=within;max_abs=1;tolerance=auto | rule within of output y has no tolerance
            rule=ignore;k=1 |     unknown key k; rule ignore takes none
            rule=close;on=0.999 | on must be a percentage
            rule=close;on=0% |    on must be a percentage
            rule=close;on=101% |  on must be a percentage
            rule=close;atol=-1 |  atol must be a number
            rule=close;rtol=NaN | rtol must be a number
            rule=same_top_k;k=0 | k must be a whole number
            rule=same_top_k;k=2.5 |k must be a whole number
            rule=same_top_k;k=101 |k must be a whole number
            rule=within;max_abs=0 |max_abs must be a number above 0
            rule=within;max_abs=much |max_abs must be a number above 0
            rule=cosine;at_least=1 |at_least must be a number above 0 and below 1
            atol=1;rtol=2 |       the comparator of output y needs rule
            """)
    void whatCannotBeIsRefusedWithItsLine(String declared, String complaint) {
        InvalidConfigException refusal = assertThrows(InvalidConfigException.class,
                () -> rule(declared.split("[=;]", -1)));
        String message = String.valueOf(refusal.getMessage());
        assertTrue(message.startsWith("line 7: "), message);
        assertTrue(message.contains(complaint), message);
    }

    @Test
    void aSectionThatIsNoMappingIsRefused() {
        assertThrows(InvalidConfigException.class, () -> Comparators.parse(new ConfigNode.Scalar("close", 3)));
        assertThrows(InvalidConfigException.class, () -> Comparators
                .parse(new ConfigNode.Mapping(Map.of("y", new ConfigNode.Sequence(List.of(), 4)), 3)));
    }
}
