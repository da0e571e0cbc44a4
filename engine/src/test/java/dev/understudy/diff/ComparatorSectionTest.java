package dev.understudy.diff;

import static dev.understudy.diff.TestTensors.rule;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.model.ConfigNode;
import dev.understudy.model.InvalidConfigException;
import java.util.List;
import java.util.Map;
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
    void noSectionDeclaresNothing() throws InvalidConfigException {
        assertTrue(Comparators.parse(null).rules().isEmpty());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            argmax |              unknown comparator argmax of output y
            within |              rule within needs max_abs
            cosine |              rule cosine needs at_least
            same_top_k |          rule same_top_k needs k
            rule=close;tol=1 |    unknown key tol; rule close takes atol, on, rtol
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
