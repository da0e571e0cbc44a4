package dev.understudy.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;

/// One model of the management API as lines for a person. Immutable.
public record StatusPage(JsonNode model, Terminal terminal) {
    private static final int NAME_CHARS_MAX = 40;
    private static final int SHA_SHOWN = 8;

    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add(terminal.bold(model.path("name").asText()) + "  " + champion() + "  sampling "
                + percent(model.path("sample_rate").asDouble()));
        TextTable table = new TextTable("  ", "challenger", "sha256", "state", "of served", "compared", "agreement",
                "shed", "failed", "in flight", "cost", "verdict");
        List<String> notes = new ArrayList<>();
        for (JsonNode challenger : model.path("challengers")) {
            addRow(table, challenger);
            addNotes(notes, challenger);
        }
        if (table.isEmpty()) {
            lines.add("  no challengers; copy another version into the repository");
        } else {
            lines.addAll(table.lines());
        }
        lines.addAll(notes);
        addEffect(lines);
        addNoise(lines);
        for (JsonNode alert : model.path("alerts")) {
            lines.add("  " + alert(alert, terminal));
        }
        return lines;
    }

    /// What a person should look at, as a line.
    static String alert(JsonNode sentence, Terminal terminal) {
        return terminal.red("alert") + " " + sentence.asText();
    }

    /// A share as `97.3 %`; never rounded up to 100, so that all and almost all look different.
    public static String percent(double share) {
        if (Double.isNaN(share)) {
            return "-";
        }
        double tenths = Math.floor(share * 1000 + 1e-9) / 10;
        return tenths == 100 ? "100 %" : String.format(Locale.ROOT, "%.1f %%", tenths);
    }

    public static String count(long count) {
        return String.format(Locale.ROOT, "%,d", count);
    }

    /// The sum of an object's numbers.
    public static long total(JsonNode reasons) {
        long total = 0;
        for (JsonNode count : reasons) {
            total += count.asLong();
        }
        return total;
    }

    private String champion() {
        JsonNode champion = model.path("champion");
        return champion.isObject()
                ? "champion " + terminal.green(champion.path("version").asText()) + " "
                        + terminal.dim(shortSha(champion))
                : terminal.red("no champion");
    }

    private void addRow(TextTable table, JsonNode challenger) {
        JsonNode ledger = challenger.path("ledger");
        table.add(shortened(challenger.path("version").asText()), terminal.dim(shortSha(challenger)), state(challenger),
                ran(challenger) ? percent(challenger.path("coverage").asDouble()) : "-",
                count(ledger.path("compared").asLong()), percent(agreement(challenger)),
                count(total(ledger.path("shed"))), count(total(ledger.path("failed"))),
                count(ledger.path("in_flight").asLong()), cost(challenger), verdict(challenger.path("verdict")));
    }

    private static boolean ran(JsonNode challenger) {
        return challenger.path("ledger").path("sampled").asLong() > 0;
    }

    private String verdict(JsonNode verdict) {
        String decision = verdict.path("decision").asText();
        return decision.isEmpty() ? "-" : VerdictPage.decision(decision, terminal);
    }

    private void addNotes(List<String> notes, JsonNode challenger) {
        String version = challenger.path("version").asText();
        if (!challenger.path("reason").asText().isEmpty()) {
            notes.add("  " + version + " " + challenger.path("state").asText() + ": "
                    + challenger.path("reason").asText());
        }
        double rate = challenger.path("effort").path("sample_rate").asDouble();
        if (rate > 0 && rate < challenger.path("sample_rate").asDouble()) {
            notes.add("  " + version + " takes " + percent(rate) + " of the requests for now, since it cannot keep up");
        }
        JsonNode verdict = challenger.path("verdict");
        if (verdict.isObject() && ran(challenger)) {
            notes.add("  " + version + " verdict: " + verdict.path("reason").asText());
        }
        StringJoiner lost = new StringJoiner(", ");
        addReasons(lost, "shed", challenger.path("ledger").path("shed"));
        addReasons(lost, "failed", challenger.path("ledger").path("failed"));
        if (lost.length() > 0) {
            notes.add("  " + version + " lost: " + lost);
        }
    }

    /// Device time a compared request over that of a served one.
    private static String cost(JsonNode challenger) {
        JsonNode ratio = challenger.path("effort").path("cost_ratio");
        return ratio.isNumber() ? times(ratio.asDouble()) : "-";
    }

    /// What shadowing does to the champion, where it is known.
    private void addEffect(List<String> lines) {
        JsonNode effect = model.path("effect");
        if (effect.path("latency_ratio_p50").isNumber()) {
            lines.add("  while challengers run the champion takes " + times(effect, "p50") + " (median), "
                    + times(effect, "p95") + " (p95), " + times(effect, "p99")
                    + " (p99) of its time in their pauses, in the server's last 40 s");
        }
        double duty = effect.path("duty").asDouble(1);
        if (duty < 1) {
            lines.add("  challengers are held back to " + percent(duty) + " of the time, since the champion is slower"
                    + " while they run");
        }
    }

    /// How far the noise floor is, where a tolerance waits for it.
    private void addNoise(List<String> lines) {
        JsonNode noise = model.path("noise_floor");
        if (noise.path("automatic").size() > 0) {
            lines.add("  tolerance: auto is " + noise.path("status").asText());
        }
    }

    private static String times(JsonNode effect, String quantile) {
        return times(effect.path("latency_ratio_" + quantile).asDouble());
    }

    private static String times(double ratio) {
        return String.format(Locale.ROOT, "%.2fx", ratio);
    }

    private static void addReasons(StringJoiner lost, String kind, JsonNode reasons) {
        for (Map.Entry<String, JsonNode> reason : reasons.properties()) {
            if (reason.getValue().asLong() > 0) {
                lost.add(kind + " " + reason.getKey() + " " + count(reason.getValue().asLong()));
            }
        }
    }

    private String state(JsonNode challenger) {
        String state = challenger.path("state").asText();
        return switch (state) {
            case "shadowing" -> terminal.green(state);
            case "refused" -> terminal.red(state);
            default -> terminal.yellow(state);
        };
    }

    public static double agreement(JsonNode challenger) {
        return challenger.path("agreement").isNumber() ? challenger.path("agreement").asDouble() : Double.NaN;
    }

    /// One long name would make every row as wide; `--json` has it whole.
    private static String shortened(String name) {
        return name.length() <= NAME_CHARS_MAX ? name : name.substring(0, NAME_CHARS_MAX - 1) + "…";
    }

    private static String shortSha(JsonNode version) {
        String sha = version.path("sha256").asText();
        return sha.length() <= SHA_SHOWN ? sha : sha.substring(0, SHA_SHOWN);
    }
}
