package dev.understudy.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// From the digits that are played to the verdict that a build server acts on, on a real server.
@SuppressWarnings("NullAway.Init")
@Timeout(value = 5, unit = TimeUnit.MINUTES)
final class VerdictEndToEndTest {
    private static final String MODEL_YAML = """
            max_batch_size: 32
            comparators: {probabilities: same_top_answer}
            task: {type: classification, output: probabilities}
            criteria:
              promote_when:
                - accuracy_gain: {at_least: %s points}
              watch_at_least: 0
              min_coverage: 0%%
              min_labels: 100
            """;

    @TempDir
    private Path folder;
    private DigitsServer served;

    @AfterEach
    void stop() {
        served.close();
    }

    /// What it says of labels. The rest goes on changing: the time watched, and re-runs that are still on their way.
    private static JsonNode decisive(JsonNode verdict) {
        ObjectNode copy = JsonNodeFactory.instance.objectNode();
        for (String key : List.of("decision", "criteria", "segments")) {
            copy.set(key, verdict.get(key).deepCopy());
        }
        // What it takes for a segment to fail falls once its first minute is over, which may be at any moment.
        copy.get("segments").forEach(segment -> ((ObjectNode) segment).remove(List.of("high", "fail_odds_needed")));
        return copy;
    }

    @Test
    void labelsLeadToAVerdictThatSurvivesRestartsAndChangesOfCriteria() throws Exception {
        served = new DigitsServer(folder, MODEL_YAML.formatted("-10"));
        served.drop("equal");
        assertEquals(3, served.run("verdict", "digits", "--challenger", "better").exitCode(),
                "there is none of that name");
        Map<String, Integer> truth = served.play("equal", 300);
        assertEquals(2, served.run("verdict", "digits").exitCode(), "labels are missing");

        String csv = truth.entrySet().stream().limit(100).map(each -> each.getKey() + "," + each.getValue())
                .collect(Collectors.joining("\n", "request_id,label\n", "\n"));
        long compared = served.challenger("equal").at("/ledger/compared").asLong();
        JsonNode some = served.json("POST", "/models/digits/feedback", csv, "Content-Type", "text/csv");
        assertEquals(100, some.at("/joined").asInt() + some.at("/unknown").asInt(), some::toString);
        JsonNode all = served.json("POST", "/models/digits/feedback",
                DigitsServer.lines(truth) + "{\"request_id\":\"nobody\",\"label\":1}");
        assertEquals(List.of(301, 100), List.of(all.at("/received").asInt(), all.at("/repeated").asInt()),
                all::toString);
        assertEquals(compared, some.at("/joined").asInt() + all.at("/joined").asInt(),
                "what was compared has its label, what was shed has none");
        assertEquals(301 - compared, some.at("/unknown").asInt() + all.at("/unknown").asInt());
        assertEquals(301 + 100, served.json("GET", "/models/digits/feedback", "").at("/received").asInt());

        Path junit = folder.resolve("junit.xml");
        DigitsServer.Ran promoted = served.run("verdict", "digits", "--wait", "30s", "--junit", junit.toString());
        assertEquals(0, promoted.exitCode(), promoted.out() + promoted.err());
        assertTrue(promoted.out().contains("accuracy gain at least -10 points"), promoted.out());
        assertTrue(Files.readString(junit).contains("tests=\"2\" failures=\"0\" skipped=\"0\""),
                Files.readString(junit));
        JsonNode live = served.run("verdict", "digits", "--json").json();
        assertEquals(compared, live.at("/criteria/0/samples").asInt());
        assertEquals(decisive(live), decisive(served.run("verdict", "digits", "--json", "--recompute").json()));

        DigitsServer.Ran replayed = served.run("replay", "digits", "--challenger",
                DigitsServer.shipped("better").toString());
        assertEquals(0, replayed.exitCode(), replayed.err());
        assertTrue(replayed.out().contains("only live traffic promotes"), replayed.out());
        JsonNode sheet = served.run("replay", "digits", "--json", "--challenger",
                DigitsServer.shipped("better").toString()).json();
        long recorded = sheet.at("/compared").asLong();
        assertTrue(recorded > compared / 2, () -> "a verdict's worth of requests is kept: " + sheet);
        assertEquals(recorded, sheet.at("/verdict/criteria/0/samples").asLong(), "their labels are known");
        DigitsServer.Ran broken = served.run("replay", "digits", "--challenger",
                DigitsServer.shipped("broken/wrong-input").toString());
        assertEquals(3, broken.exitCode());
        assertTrue(broken.err().contains("cannot be replayed: it takes none of the recorded requests: "), broken.err());
        assertTrue(broken.err().contains("has shape [1,64], expected "), broken.err());
        DigitsServer.Ran crashing = served.run("replay", "digits", "--challenger",
                DigitsServer.shipped("broken/crashes").toString());
        assertEquals(3, crashing.exitCode(), "a file that crashes its process does so in another");
        assertTrue(crashing.err().contains("cannot be replayed: it crashed the probation process while loading"),
                crashing.err());
        DigitsServer.Ran throwing = served.run("replay", "digits", "--json", "--challenger",
                DigitsServer.shipped("faulty/throws").toString());
        assertTrue(throwing.json().at("/failed").asLong() > 0, "requests that a file fails are counted, no refusal");

        Instant before = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        JsonNode set = served.json("PUT", "/models/digits/criteria",
                "promote_when: [agreement: {at_least: 99%}]\nwatch_at_least: 0\n", "understudy-operator", "ann");
        assertEquals("api", set.at("/source").asText());
        Instant setAt = Instant.parse(set.at("/set_at").asText());
        assertTrue(!setAt.isBefore(before) && !setAt.isAfter(Instant.now()), set::toString);
        assertEquals(0, served.run("verdict", "digits", "--json").json().at("/criteria/0/samples").asInt(),
                "a new evaluation");
        served.play("equal", 20);
        long next = served.challenger("equal").at("/ledger/compared").asLong();
        // What was compared is on disk within a second, and only that counts.
        DigitsServer.await(
                () -> served.run("verdict", "digits", "--json").json().at("/criteria/0/samples").asLong() == next);
        JsonNode events = served.json("GET", "/models/digits/events", "");
        assertTrue(events.toString().contains("set by ann (127.0.0.1): "), events::toString);

        served.restart();
        DigitsServer.await(() -> served.challenger("equal").path("state").asText().equals("shadowing"));
        JsonNode kept = served.json("GET", "/models/digits/criteria", "");
        assertEquals("ann (127.0.0.1)", kept.at("/set_by").asText());
        assertEquals(setAt.toString(), kept.at("/set_at").asText());
        assertEquals(next, served.run("verdict", "digits", "--json").json().at("/criteria/0/samples").asLong());
        assertEquals("model_yaml", served.json("DELETE", "/models/digits/criteria", "").at("/source").asText());
        JsonNode back = served.run("verdict", "digits", "--json").json();
        assertEquals(decisive(live), decisive(back), "the old evaluation goes on where it was");

        assertEquals(3, served.run("verdict", "digits", "--state", served.state()).exitCode(), "it is in use");
        served.stop();
        DigitsServer.Ran stopped = served.run("verdict", "digits", "--state", served.state(), "--json", "--recompute");
        assertEquals(0, stopped.exitCode(), stopped.err());
        assertEquals(decisive(live), decisive(stopped.json()));
        JsonNode again = served.run("replay", "digits", "--json", "--state", served.state(), "--challenger",
                DigitsServer.shipped("equal").toString()).json();
        assertEquals(0, again.at("/failed").asLong(), again::toString);
        assertEquals(0, again.at("/worst").size(), again::toString);
    }

    @Test
    void aChallengerThatIsWorseOnOneDigitIsHeldBackAndTheDigitIsNamed() throws Exception {
        served = new DigitsServer(folder, MODEL_YAML.formatted("-5"));
        served.drop("worse-on-eight");
        Map<String, Integer> truth = served.play("worse-on-eight", 3 * DigitsServer.DIGITS.size());
        assertEquals(served.challenger("worse-on-eight").at("/ledger/compared").asLong(),
                served.json("POST", "/models/digits/feedback", DigitsServer.lines(truth)).at("/joined").asLong());
        DigitsServer.Ran ran = served.run("verdict", "digits");
        assertNotEquals(0, ran.exitCode(), ran.out());
        assertTrue(ran.out().contains("segment label=8 misses accuracy gain at least -5 points"), ran.out());
        JsonNode segments = served.run("verdict", "digits", "--json").json().at("/segments");
        List<String> failing = new ArrayList<>();
        segments.forEach(each -> {
            if (each.path("failing").asBoolean()) {
                failing.add(each.path("segment").asText());
            }
        });
        assertEquals(List.of("label=8"), failing);
        assertTrue(served.run("verdict", "digits", "--markdown").out().contains("segment label=8"));
    }

    @Test
    void everyErrorOfTheVerdictCommandHasItsOwnExitCode() throws Exception {
        served = new DigitsServer(folder, MODEL_YAML.formatted("0"));
        for (String[] args : List.of(new String[]{"verdict"}, new String[]{"verdict", "digits", "--wait", "soon"},
                new String[]{"verdict", "digits", "--nonsense"}, new String[]{"verdict", "letters"},
                new String[]{"verdict", "digits"}, new String[]{"verdict", "digits", "--json", "--markdown"})) {
            DigitsServer.Ran ran = served.run(args);
            assertEquals(3, ran.exitCode(), ran.out() + ran.err());
            assertEquals("", ran.out());
        }
        assertEquals(3, served.run("verdict", "digits", "--state", folder.resolve("nowhere").toString()).exitCode());
        served.copy("broken/wrong-input", "2.onnx");
        DigitsServer.await(() -> served.challenger("2").path("state").asText().equals("refused"));
        DigitsServer.Ran refused = served.run("verdict", "digits");
        assertEquals(1, refused.exitCode(), "a version that was refused is rejected");
        assertTrue(refused.out().contains("refused before any request"), refused.out());
    }
}
