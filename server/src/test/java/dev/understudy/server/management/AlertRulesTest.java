package dev.understudy.server.management;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.understudy.engine.ModelStatus.Challenger;
import dev.understudy.verdict.Decision;
import dev.understudy.verdict.Verdict;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/// The alert rules that ship, against the page they are evaluated on.
final class AlertRulesTest {
    private static final Pattern METRIC = Pattern.compile("understudy_[a-z_]+");
    private static final Pattern SELECTOR = Pattern.compile("([a-z]+)(=|!=)\"([a-z]+)\"");
    private static final Pattern LABEL = Pattern.compile("\\$labels\\.([a-z_]+)");

    private final StageView view = new StageView();

    private String page() {
        view.models = List.of(Cast.model("digits", Cast.challenger("2", Cast.CHALLENGER_SHA),
                Cast.refused("3", Cast.OTHER_SHA, "no")));
        try (MetricsPage page = new MetricsPage(view)) {
            return page.scrape();
        }
    }

    private static List<JsonNode> rules() throws Exception {
        Object file = new Load(LoadSettings.builder().build())
                .loadFromString(Files.readString(Path.of("..", "docs", "alerts.yaml")));
        List<JsonNode> rules = new ArrayList<>();
        new ObjectMapper().valueToTree(file).path("groups").path(0).path("rules").forEach(rules::add);
        return rules;
    }

    @Test
    void everyMetricAndLabelNamedIsOnThePage() throws Exception {
        String page = page();
        Set<String> names = new HashSet<>();
        for (JsonNode rule : rules()) {
            String expression = rule.path("expr").asText();
            List<String> metrics = METRIC.matcher(expression).results().map(MatchResult::group).toList();
            assertFalse(metrics.isEmpty(), expression);
            for (String metric : metrics) {
                assertTrue(Pattern.compile("^" + metric + "[ {]", Pattern.MULTILINE).matcher(page).find(), metric);
            }
            Matcher selector = SELECTOR.matcher(expression);
            while (selector.find()) {
                assertTrue(page.contains(selector.group(1) + "=\"" + selector.group(3) + "\""), selector.group());
            }
            String series = page.lines().filter(line -> line.startsWith(metrics.getFirst() + "{")).findFirst()
                    .orElse("");
            String summary = rule.path("annotations").path("summary").asText();
            for (String label : LABEL.matcher(summary).results().map(result -> result.group(1))
                    .collect(Collectors.toSet())) {
                assertTrue(series.contains(label + "=\""),
                        rule.path("alert").asText() + " names " + label + ": " + series);
            }
            assertTrue(names.add(rule.path("alert").asText()));
        }
        assertEquals(8, names.size());
    }

    /// Series that a rule's one selector chooses and that are 1.
    private static List<String> firing(JsonNode rule, String page) {
        String expression = rule.path("expr").asText();
        String metric = METRIC.matcher(expression).results().findFirst().orElseThrow().group();
        List<String> labels = SELECTOR.matcher(expression).results().map(MatchResult::group).toList();
        return page.lines().filter(line -> line.startsWith(metric + "{") && line.endsWith(" 1")
                && labels.stream().allMatch(line::contains)).toList();
    }

    @Test
    void noAlertIsAboutCriteriaThatNobodyDeclared() throws Exception {
        Challenger declared = Cast.challenger("2", Cast.CHALLENGER_SHA);
        Verdict verdict = Cast.verdict();
        Challenger byDefault = new Challenger(declared.version(), declared.sha256(), declared.state(),
                declared.reason(), declared.pair(), declared.sampleRate(), declared.ledger(), declared.agreement(),
                declared.isolation(), declared.effort(), declared.extra(),
                Optional.of(new Verdict(false, Decision.WATCH, verdict.reason(), verdict.criteria(), verdict.gates(),
                        verdict.segments(), verdict.coverage(), verdict.observed(), verdict.shedding(),
                        verdict.noise(), verdict.statement(), verdict.minute())));
        for (Challenger challenger : List.of(declared, byDefault)) {
            view.models = List.of(Cast.model("digits", challenger));
            int expected = challenger.equals(declared) ? 1 : 0;
            try (MetricsPage page = new MetricsPage(view)) {
                String text = page.scrape();
                for (JsonNode rule : rules()) {
                    if (List.of("UnderstudyCriterionFailed", "UnderstudySegmentFailed")
                            .contains(rule.path("alert").asText())) {
                        assertEquals(expected, firing(rule, text).size(), rule.path("expr").asText());
                    }
                }
            }
            assertEquals(2L * expected, Alert.of(view.models, List.of()).values().stream()
                    .filter(alert -> alert.kind() == Alert.Kind.CRITERION_FAILED
                            || alert.kind() == Alert.Kind.SEGMENT_FAILED)
                    .count());
        }
    }

    @Test
    void whatTheWebhookTellsIsWhatTheRulesWatch() {
        view.models = List.of(Cast.model("digits", Cast.challenger("2", Cast.CHALLENGER_SHA),
                Cast.refused("3", Cast.OTHER_SHA, "its inputs differ")));
        Set<Alert.Kind> kinds = Alert.of(view.models, List.of()).values().stream().map(Alert::kind)
                .collect(Collectors.toSet());
        assertEquals(Set.of(Alert.Kind.CRITERION_FAILED, Alert.Kind.SEGMENT_FAILED, Alert.Kind.CHALLENGER_REFUSED),
                kinds);
    }
}
