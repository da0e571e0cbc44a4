package dev.understudy.cli.demo;

import dev.understudy.cli.StatusPage;
import dev.understudy.cli.Terminal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Scenes as lines of text. Thread-safe.
record SceneText(Terminal terminal) {
    private static final String GAP = "   ";

    /// Everything, for a terminal that is redrawn and for the end.
    List<String> frame(Scene scene) {
        List<String> lines = new ArrayList<>();
        lines.add(String.format(Locale.ROOT, "%s  %5.1f s  %s", terminal.bold("understudy demo"),
                scene.elapsedSeconds(), scene.act().title()));
        lines.add("");
        lines.addAll(facts(scene));
        lines.add("");
        lines.addAll(new StatusPage(scene.model(), terminal).lines());
        lines.add("");
        lines.addAll(worst(scene));
        return lines;
    }

    /// Requests and latencies.
    List<String> facts(Scene scene) {
        String failed = scene.failed() == 0 ? "0 failed" : terminal.red(StatusPage.count(scene.failed()) + " failed");
        double right = scene.answered() == 0 ? Double.NaN : (double) scene.right() / scene.answered();
        List<String> lines = new ArrayList<>();
        lines.add("requests   " + StatusPage.count(scene.answered()) + " answered, " + failed + ", at "
                + StatusPage.count(scene.rate()) + " a second over HTTP");
        lines.add("champion   names the digit right in " + StatusPage.percent(right) + " of them");
        lines.add("latency    " + scene.alone().text() + terminal.dim("  alone"));
        if (scene.shadowed().count() > 0) {
            lines.add("           " + scene.shadowed().text() + terminal.dim("  while challengers rehearse"));
        }
        if (scene.alone().blurred() || scene.shadowed().blurred() || scene.alone().belies(scene.shadowed())) {
            lines.add("           " + terminal.yellow("this machine is too busy for such figures")
                    + ": they tell of what else it does, not of the champion");
        }
        return lines;
    }

    /// The worst differences, drawn side by side.
    List<String> worst(Scene scene) {
        if (scene.worst().isEmpty()) {
            return List.of();
        }
        List<String> lines = new ArrayList<>();
        lines.add("worst differences of " + terminal.bold(scene.challenger()) + ":");
        List<List<String>> drawings = scene.worst().stream()
                .map(seen -> DigitArt.draw(seen.digit(), terminal.blocks())).toList();
        for (int row = 0; row < drawings.getFirst().size(); row++) {
            StringBuilder line = new StringBuilder();
            for (List<String> drawing : drawings) {
                line.append(GAP).append(drawing.get(row));
            }
            lines.add(line.toString().stripTrailing());
        }
        lines.add(captions(scene, "champion", true));
        lines.add(captions(scene, "challenger", false));
        return lines;
    }

    /// Which digit the disagreements are about, empty while there are none.
    String diagnosis(Scene scene) {
        int total = 0;
        int most = 0;
        for (int digit = 0; digit < scene.byDigit().size(); digit++) {
            total += scene.byDigit().get(digit);
            most = scene.byDigit().get(digit) > scene.byDigit().get(most) ? digit : most;
        }
        return total == 0
                ? ""
                : "of its " + total + " worst disagreements, " + scene.byDigit().get(most)
                        + " are about the digit " + most;
    }

    /// One line, for output that is not redrawn.
    String line(Scene scene) {
        StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "%5.1f s  %s answered, %d failed, ",
                scene.elapsedSeconds(), StatusPage.count(scene.answered()), scene.failed()));
        Latency latency = scene.shadowed().count() > 0 ? scene.shadowed() : scene.alone();
        line.append(latency.text());
        scene.model().path("challengers").forEach(challenger -> {
            line.append("; ").append(challenger.path("version").asText()).append(' ')
                    .append(challenger.path("state").asText());
            long compared = challenger.path("ledger").path("compared").asLong();
            if (compared > 0) {
                line.append(", ").append(StatusPage.count(compared)).append(" compared, ")
                        .append(StatusPage.percent(StatusPage.agreement(challenger))).append(" agree, coverage ")
                        .append(StatusPage.percent(challenger.path("coverage").asDouble()));
            }
        });
        return line.toString();
    }

    private String captions(Scene scene, String who, boolean champion) {
        StringBuilder line = new StringBuilder();
        for (Scene.Seen seen : scene.worst()) {
            String answer = champion ? seen.championAnswer() : seen.challengerAnswer();
            String caption = who + ": " + answer;
            boolean right = answer.equals(Integer.toString(seen.digit().label()));
            line.append(GAP).append(right ? terminal.green(caption) : terminal.red(caption))
                    .append(" ".repeat(Math.max(0, DigitArt.WIDTH - caption.length())));
        }
        return line.toString().stripTrailing();
    }
}
