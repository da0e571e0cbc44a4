package dev.understudy.verdict;

import dev.understudy.diff.Comparators;
import dev.understudy.diff.OutputComparator;
import dev.understudy.diff.OutputComparator.Close;
import dev.understudy.diff.OutputComparator.Cosine;
import dev.understudy.diff.OutputComparator.Identical;
import dev.understudy.diff.OutputComparator.Ignore;
import dev.understudy.diff.OutputComparator.SameTopAnswer;
import dev.understudy.diff.OutputComparator.SameTopK;
import dev.understudy.diff.OutputComparator.Within;
import java.util.ArrayList;
import java.util.List;

/// Writes comparators as the declaration reads them, always the same way. Stateless.
public final class RuleText {
    private RuleText() {}

    /// All rules by output, in the order of the names.
    public static String of(Comparators comparators) {
        List<String> rules = new ArrayList<>();
        comparators.rules().forEach((output, rule) -> rules.add(line(output, rule)));
        return "{" + String.join(", ", rules) + "}";
    }

    /// One rule as it stands under `comparators`.
    public static String line(String output, OutputComparator rule) {
        return quoted(output) + ": " + of(rule);
    }

    static String of(OutputComparator rule) {
        return switch (rule) {
            case Identical _,SameTopAnswer _,Ignore _ -> rule.rule();
            case Close(Double atol, Double rtol, double share) -> {
                StringBuilder text = new StringBuilder("{rule: close");
                if (atol != null) {
                    text.append(", atol: ").append(atol);
                }
                if (rtol != null) {
                    text.append(", rtol: ").append(rtol);
                }
                yield text.append(", on: ").append(Quantity.percent(share)).append('}').toString();
            }
            case SameTopK(int k) -> "{rule: same_top_k, k: " + k + "}";
            case Within(double maxAbs) -> "{rule: within, max_abs: " + maxAbs + "}";
            case Cosine(double atLeast) -> "{rule: cosine, at_least: " + atLeast + "}";
        };
    }

    /// A text in double quotes, as YAML and JSON read it.
    public static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        text.codePoints().forEach(c -> {
            if (c == '"' || c == '\\') {
                quoted.append('\\').appendCodePoint(c);
            } else if (c < 0x20 || c > 0x7E) {
                quoted.append(String.format(c > 0xFFFF ? "\\U%08X" : "\\u%04X", c));
            } else {
                quoted.appendCodePoint(c);
            }
        });
        return quoted.append('"').toString();
    }
}
