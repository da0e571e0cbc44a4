package dev.understudy.cli.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.understudy.cli.CommandFailure;
import dev.understudy.cli.DiffsPage;
import dev.understudy.models.Digits;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Gathers scenes: asks the management API and the player, and keeps the latencies of the two halves apart. Not
/// thread-safe; owned by the demo.
final class Backstage {
    private static final int DRAWN = 4;
    private static final int WORST_ASKED = 50;

    private final DemoStage stage;
    private final DigitPlayer player;
    private final int rate;
    private final long startNanos = System.nanoTime();
    private final Played alone = new Played();
    private final Played shadowed = new Played();

    Backstage(DemoStage stage, DigitPlayer player, int rate) {
        this.stage = stage;
        this.player = player;
        this.rate = rate;
    }

    double elapsedSeconds() {
        return (System.nanoTime() - startNanos) / 1e9;
    }

    /// Books the latencies since the last call where the act says.
    void book(Act act) {
        Played interval = player.takePlayed();
        switch (act.latency()) {
            case NOWHERE -> {
            }
            case ALONE -> alone.add(interval);
            case SHADOWED -> shadowed.add(interval);
        }
    }

    Scene look(Act act) throws CommandFailure {
        book(act);
        String labels = player.takeLabels();
        if (act.latency() == Act.Books.SHADOWED && !labels.isEmpty()) {
            stage.tell(labels);
        }
        JsonNode model = stage.status();
        String challenger = shown(model);
        List<Scene.Seen> worst = new ArrayList<>();
        int[] byDigit = new int[Digits.CLASSES];
        if (!challenger.isEmpty()) {
            for (JsonNode comparison : stage.worst(challenger, WORST_ASKED)) {
                player.digitOf(comparison.path("request_id").asText()).ifPresent(digit -> {
                    JsonNode scores = DiffsPage.worstOutput(comparison).path("scores");
                    if (!comparison.path("agrees").asBoolean()) {
                        byDigit[digit.label()]++;
                    }
                    boolean drawn = worst.stream().anyMatch(seen -> seen.digit().equals(digit));
                    if (!drawn && worst.size() < DRAWN) {
                        worst.add(new Scene.Seen(digit, scores.path("champion_top").asText("-"),
                                scores.path("challenger_top").asText("-")));
                    }
                });
            }
        }
        return new Scene(act, elapsedSeconds(), rate, player.answered(), player.failed(), player.right(),
                alone.summary(), shadowed.summary(), model, challenger, worst,
                Arrays.stream(byDigit).boxed().toList());
    }

    /// The comparisons made with a challenger so far.
    static long compared(JsonNode model, String challenger) {
        return challenger(model, challenger).path("ledger").path("compared").asLong();
    }

    static JsonNode challenger(JsonNode model, String version) {
        for (JsonNode each : model.path("challengers")) {
            if (each.path("version").asText().equals(version)) {
                return each;
            }
        }
        return MissingNode.getInstance();
    }

    /// The one that differs most is the one to watch.
    private static String shown(JsonNode model) {
        return compared(model, Act.WORSE) > 0 ? Act.WORSE : "";
    }
}
