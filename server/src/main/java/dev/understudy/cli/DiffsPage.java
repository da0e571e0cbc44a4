package dev.understudy.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// One challenger's worst comparisons as lines for a person. Immutable.
///
/// @param challenger  as the management API lists it
/// @param comparisons the API's answer, the worst first
public record DiffsPage(String model, JsonNode challenger, JsonNode comparisons, Terminal terminal) {
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        JsonNode ledger = challenger.path("ledger");
        lines.add(terminal.bold(model) + "  challenger " + challenger.path("version").asText() + "  "
                + StatusPage.count(ledger.path("compared").asLong()) + " compared over all segments, agreement "
                + StatusPage.percent(StatusPage.agreement(challenger)));
        TextTable table = new TextTable("  ", "severity", "agrees", "output", "champion", "challenger", "max abs",
                "rmse", "cosine", "segment", "request", "id", "why");
        for (JsonNode comparison : comparisons) {
            addRow(table, comparison);
        }
        if (table.isEmpty()) {
            lines.add("  no comparisons kept");
        } else {
            lines.addAll(table.lines());
        }
        return lines;
    }

    /// The output that differs most, which is the one worth a line.
    public static JsonNode worstOutput(JsonNode comparison) {
        JsonNode worst = comparison.path("outputs").path(0);
        for (JsonNode output : comparison.path("outputs")) {
            if (output.path("severity").asDouble() > worst.path("severity").asDouble()) {
                worst = output;
            }
        }
        return worst;
    }

    private void addRow(TextTable table, JsonNode comparison) {
        JsonNode output = worstOutput(comparison);
        JsonNode metrics = output.path("metrics");
        JsonNode scores = output.path("scores");
        boolean agrees = comparison.path("agrees").asBoolean();
        String severity = number(comparison.path("severity"));
        String name = output.path("output").asText();
        table.add(severity, agrees ? terminal.green("yes") : terminal.red("no"),
                output.path("reason").isTextual() ? name + " (" + output.path("reason").asText() + ")" : name,
                scores.path("champion_top").asText("-"), scores.path("challenger_top").asText("-"),
                largest(metrics), number(metrics.path("rmse")), number(metrics.path("cosine")),
                text(comparison.path("segment")), comparison.path("request_id").asText(),
                text(comparison.path("client_id")), text(comparison.path("why")));
    }

    /// The largest difference, or what has none: it is taken over the elements that are finite on both sides, and would be a 0
    /// beside an infinite severity.
    private static String largest(JsonNode metrics) {
        if (metrics.path("nan_mismatches").asLong() > 0) {
            return "NaN on one side";
        }
        return metrics.path("inf_mismatches").asLong() > 0 ? "unequal inf" : number(metrics.path("max_abs"));
    }

    /// A client's text, without what a terminal would take for orders.
    static String text(JsonNode node) {
        return node.isTextual() ? node.asText().replaceAll("\\p{C}", "?") : "-";
    }

    /// Four significant digits.
    private static String number(JsonNode node) {
        if (node.isMissingNode() || node.isNull()) {
            return "-";
        }
        double value = node.asDouble();
        if (Double.isInfinite(value) || Double.isNaN(value)) {
            return Double.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
        }
        double size = Math.abs(value);
        if (value == 0) {
            return "0";
        }
        return String.format(Locale.ROOT, size >= 1e-3 && size < 1e5 ? "%.4f" : "%.3e", value);
    }
}
