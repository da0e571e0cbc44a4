package dev.understudy.verdict;

import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Writes a declaration as YAML, everything spelled out and always the same way, so that [Criteria#parse(String)] reads it
/// back and its hash tells declarations apart. Stateless.
final class CriteriaText {
    private CriteriaText() {}

    /// The same criteria with their text.
    static Criteria with(Criteria criteria) {
        return new Criteria(of(criteria), criteria.criteria(), criteria.falsePromote(), criteria.falseReject(),
                criteria.watchAtLeast(), criteria.minSamples(), criteria.minLabels(), criteria.minCoverage(),
                criteria.giveUpAfter(), criteria.giveUpAs(), criteria.rerunChampion(), criteria.rerunChallenger(),
                criteria.correctForBursts(), criteria.mustNotFailInSegments(), criteria.rules());
    }

    private static String of(Criteria criteria) {
        StringBuilder text = new StringBuilder("promote_when:\n");
        criteria.criteria().forEach(criterion -> text.append("- ").append(criterion.key()).append('\n'));
        line(text, "false_promote", Quantity.percent(criteria.falsePromote()));
        line(text, "false_reject", Quantity.percent(criteria.falseReject()));
        line(text, "watch_at_least", duration(criteria.watchAtLeast()));
        line(text, "min_samples", String.valueOf(criteria.minSamples()));
        line(text, "min_labels", String.valueOf(criteria.minLabels()));
        line(text, "min_coverage", Quantity.percent(criteria.minCoverage()));
        line(text, "give_up_after", duration(criteria.giveUpAfter()));
        line(text, "give_up_as", criteria.giveUpAs().label());
        line(text, "noise_floor", "{rerun_champion: " + Quantity.percent(criteria.rerunChampion())
                + ", rerun_challenger: " + Quantity.percent(criteria.rerunChallenger()) + "}");
        line(text, "correct_for_bursts", list(criteria.correctForBursts()));
        line(text, "segments", "{must_not_fail: " + list(criteria.mustNotFailInSegments()) + "}");
        return text.toString();
    }

    private static void line(StringBuilder text, String key, String value) {
        text.append(key).append(": ").append(value).append('\n');
    }

    private static String duration(Duration duration) {
        return Quantity.nanos(duration.toNanos());
    }

    private static String list(Set<Family> families) {
        return new TreeSet<>(families).stream().map(Family::label).collect(Collectors.joining(", ", "[", "]"));
    }
}
