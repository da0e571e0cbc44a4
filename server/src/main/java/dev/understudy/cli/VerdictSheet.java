package dev.understudy.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// The verdict on one challenger, as the management API writes it, in words for a person. Immutable.
///
/// @param model      its name
/// @param challenger the challenger's name
/// @param verdict    the API's object, or null where there is none yet
public record VerdictSheet(String model, String challenger, JsonNode verdict) {
    private static final String DEFAULT = " (default)";

    /// How one criterion stands.
    ///
    /// @param declared false where it is asked by default and nothing hangs on it, which its name says too
    /// @param odds    for and against, as far as they have come: `37:1 of 20:1 for`
    /// @param needed  what it takes to decide, empty when decided
    record Line(String criterion, boolean declared, String outcome, String estimate, String interval, String limit,
            String samples,
            String odds, String needed) {}

    /// `promote`, `reject`, `watch` or `not_enough_evidence`.
    public String decision() {
        return verdict.path("decision").asText("watch");
    }

    String reason() {
        return verdict.path("reason").asText("There is no evidence yet.");
    }

    List<Line> lines() {
        List<Line> lines = new ArrayList<>();
        for (JsonNode each : verdict.path("criteria")) {
            String unit = each.path("unit").asText();
            boolean against = number(each, "fail_odds") > number(each, "pass_odds");
            boolean declared = each.path("declared").asBoolean(true);
            lines.add(new Line(criterion(each) + (declared ? "" : DEFAULT), declared, each.path("outcome").asText(),
                    measure(unit, number(each, "estimate")),
                    interval(each), measure(unit, number(each, "limit")), count(each.path("samples").asLong()),
                    against
                            ? odds(each, "fail_odds") + " against"
                            : odds(each, "pass_odds") + " for",
                    each.path("needed").asText()));
        }
        return lines;
    }

    /// The criterion as it was declared, without the punctuation of YAML: `agreement at least 99%`.
    static String criterion(JsonNode result) {
        return result.path("criterion").asText().replaceAll("[{}\"]", "").replace(": at_", " at ").replace("_", " ")
                .replace("at least:", "at least").replace("at most:", "at most").replaceAll("\\s+", " ").strip();
    }

    private static String interval(JsonNode each) {
        double low = number(each, "low");
        double high = number(each, "high");
        String unit = each.path("unit").asText();
        return Double.isNaN(low) || Double.isNaN(high) ? "-" : measure(unit, low) + " to " + measure(unit, high);
    }

    private static String odds(JsonNode each, String name) {
        return ratio(number(each, name)) + " of " + ratio(number(each, name + "_needed"));
    }

    private static String ratio(double odds) {
        if (Double.isNaN(odds)) {
            return "-";
        }
        if (odds >= 1e6) {
            return "over 1,000,000:1";
        }
        return odds < 1 ? "under 1:1" : String.format(Locale.ROOT, odds < 10 ? "%,.1f:1" : "%,.0f:1", odds);
    }

    /// Gates that are closed, a sentence each.
    List<String> closedGates() {
        List<String> closed = new ArrayList<>();
        for (JsonNode gate : verdict.path("gates")) {
            if (!gate.path("open").asBoolean()) {
                closed.add(gate.path("name").asText() + ": " + gate.path("reason").asText());
            }
        }
        return closed;
    }

    /// Segments that miss a criterion, a sentence each.
    List<String> failingSegments() {
        List<String> failing = new ArrayList<>();
        for (JsonNode each : verdict.path("segments")) {
            if (each.path("failing").asBoolean()) {
                String unit = each.path("unit").asText();
                failing.add(each.path("segment").asText() + " misses " + criterion(each)
                        + (each.path("declared").asBoolean(true) ? "" : DEFAULT) + ": "
                        + measure(unit, number(each, "estimate")) + ", " + interval(each) + ", of "
                        + count(each.path("samples").asLong()) + (each.path("blocks").asBoolean()
                                ? "; that blocks promotion"
                                : ""));
            }
        }
        return failing;
    }

    /// What a person should look at in the model, such as a rule that is declared and not in force; a sentence each.
    List<String> alerts() {
        List<String> alerts = new ArrayList<>();
        verdict.path("alerts").forEach(each -> alerts.add(each.asText()));
        return alerts;
    }

    /// What is said about the verdict as a whole.
    List<String> remarks() {
        List<String> remarks = new ArrayList<>();
        for (String key : List.of("/shedding", "/noise", "/noise_floor/sentence", "/statement")) {
            if (!verdict.at(key).asText().isEmpty()) {
                remarks.add(verdict.at(key).asText());
            }
        }
        return remarks;
    }

    private static double number(JsonNode node, String name) {
        JsonNode value = node.path(name);
        if (value.isTextual()) {
            return value.textValue().equals("Infinity") ? Double.POSITIVE_INFINITY : Double.NaN;
        }
        return value.isNumber() ? value.asDouble() : Double.NaN;
    }

    /// A number in the words of the declaration.
    static String measure(String unit, double value) {
        if (Double.isNaN(value)) {
            return "-";
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "inf" : "-inf";
        }
        return switch (unit) {
            case "percent" -> digits(value * 100) + "%";
            case "points" -> digits(value * 100) + " points";
            case "times_champion" -> String.format(Locale.ROOT, "%.3fx", value);
            case "bytes" -> digits(value / 1e6) + " MB";
            case "bytes_per_hour" -> digits(value / 1e6) + " MB/h";
            default -> digits(value);
        };
    }

    /// Two decimals, more where the number is small.
    private static String digits(double value) {
        double size = Math.abs(value);
        return String.format(Locale.ROOT, size == 0 || size >= 1 ? "%.2f" : size >= 0.01 ? "%.3f" : "%.2e",
                value + 0.0);
    }

    private static String count(long count) {
        return StatusPage.count(count);
    }
}
