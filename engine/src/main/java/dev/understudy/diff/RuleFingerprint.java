package dev.understudy.diff;

import dev.understudy.diff.OutputComparator.Close;
import dev.understudy.diff.OutputComparator.Cosine;
import dev.understudy.diff.OutputComparator.Identical;
import dev.understudy.diff.OutputComparator.Ignore;
import dev.understudy.diff.OutputComparator.SameTopAnswer;
import dev.understudy.diff.OutputComparator.SameTopK;
import dev.understudy.diff.OutputComparator.Within;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Tells one set of comparison rules from another. Stateless.
///
/// It is the start of the SHA-256 of a text: a line `rules MEANING`, then for each declared output in the order of the
/// names `output NAME RULE`, then for each mapped output `mapping CHAMPION_OUTPUT CHALLENGER_OUTPUT`. Each part is
/// preceded by its length, so that no name can imitate a line.
final class RuleFingerprint {
    /// Grows when the same rule, or a default, judges otherwise than it did.
    private static final int MEANING = 2;
    private static final int BYTES = 8;

    private RuleFingerprint() {}

    static String of(SortedMap<String, OutputComparator> rules, Map<String, String> outputMapping) {
        StringBuilder text = new StringBuilder();
        line(text, "rules", String.valueOf(MEANING));
        rules.forEach((output, rule) -> line(text, "output", output, spelled(rule)));
        new TreeMap<>(outputMapping).forEach((champion, challenger) -> line(text, "mapping", champion, challenger));
        return HexFormat.of().formatHex(sha256(text.toString()), 0, BYTES);
    }

    private static String spelled(OutputComparator rule) {
        return switch (rule) {
            case Identical _,SameTopAnswer _,Ignore _ -> rule.rule();
            case Close(Double atol, Double rtol, double share) ->
                rule.rule() + " atol=" + declared(atol) + " rtol=" + declared(rtol) + " on=" + share;
            case SameTopK(int k) -> rule.rule() + " k=" + k;
            case Within(double maxAbs) -> rule.rule() + " max_abs=" + maxAbs;
            case Cosine(double atLeast) -> rule.rule() + " at_least=" + atLeast;
        };
    }

    private static String declared(@Nullable Double part) {
        return part == null ? "default" : part.toString();
    }

    private static void line(StringBuilder text, String... parts) {
        for (String part : parts) {
            text.append(part.length()).append(':').append(part).append(' ');
        }
        text.setCharAt(text.length() - 1, '\n');
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
