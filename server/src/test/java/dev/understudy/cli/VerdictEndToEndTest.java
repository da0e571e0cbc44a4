package dev.understudy.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.understudy.engine.ShadowConfig;
import dev.understudy.models.Digit;
import dev.understudy.models.Digits;
import dev.understudy.runtime.Isolation;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/// From the digits that are played to the verdict that a build server acts on, on a real server.
@SuppressWarnings("NullAway.Init")
@Timeout(value = 5, unit = TimeUnit.MINUTES)
final class VerdictEndToEndTest {
    private static final Path MODELS = Path.of("..", "models");
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final List<Digit> DIGITS = Digits.load().heldOut();
    private static final int TOGETHER = 16;
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
    private Path repository;
    private ServeConfig config;
    private RunningServer server;
    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @BeforeEach
    void lay() throws IOException {
        repository = Files.createDirectories(folder.resolve("repository/digits"));
        Files.copy(MODELS.resolve("repository/digits/1.onnx"), repository.resolve("1.onnx"));
    }

    @AfterEach
    void stop() {
        server.close();
        http.close();
    }

    private void serve(String modelYaml) throws IOException, CommandFailure {
        Files.writeString(repository.resolve("model.yaml"), modelYaml);
        start();
    }

    private void start() throws CommandFailure {
        config = ServeConfig.of(new ServeSettings(folder.resolve("repository"), folder.resolve("state"), "127.0.0.1", 0,
                0, "127.0.0.1", 0, null, null, null, null,
                // The lane that waits for nobody: on a busy machine the others shed, and fewer requests are compared.
                new ShadowConfig(Isolation.NONE, 1), null));
        server = RunningServer.start(config, event -> {});
    }

    private HttpResponse<String> call(String method, String path, String body, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest
                .newBuilder(URI.create("http://127.0.0.1:" + server.managementPort() + path))
                .method(method, BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return http.send(request.build(), BodyHandlers.ofString());
    }

    private JsonNode json(String method, String path, String body, String... headers)
            throws IOException, InterruptedException {
        HttpResponse<String> response = call(method, path, body, headers);
        assertEquals(200, response.statusCode(), response::body);
        return JSON.readTree(response.body());
    }

    private JsonNode challenger(String version) {
        try {
            HttpResponse<String> response = call("GET", "/models/digits/challengers/" + version, "");
            return JSON.readTree(response.body());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private void drop(String version) throws IOException {
        Files.copy(MODELS.resolve("challengers").resolve(version + ".onnx"), repository.resolve(version + ".onnx"));
        await(() -> challenger(version).path("state").asText().equals("shadowing"));
    }

    private static void await(BooleanSupplier fact) {
        long start = System.nanoTime();
        while (!fact.getAsBoolean()) {
            assertTrue(System.nanoTime() - start < TimeUnit.MINUTES.toNanos(2), "it does not come to be");
            LockSupport.parkNanos(20_000_000);
        }
    }

    /// Plays digits and waits until nothing is in flight.
    ///
    /// @return what each request should have been answered, by its id
    private Map<String, Integer> play(String version, int count) {
        long before = challenger(version).at("/ledger/sampled").asLong();
        Map<String, Integer> truth = new LinkedHashMap<>();
        List<CompletableFuture<Void>> open = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Digit digit = DIGITS.get(i % DIGITS.size());
            ObjectNode body = JSON.createObjectNode();
            ObjectNode input = body.putArray("inputs").addObject().put("name", "image").put("datatype", "FP32");
            input.putArray("shape").add(1).add(Digits.PIXELS);
            var data = input.putArray("data");
            for (float pixel : digit.pixels()) {
                data.add(pixel);
            }
            open.add(http.sendAsync(
                    HttpRequest
                            .newBuilder(URI.create("http://127.0.0.1:" + server.httpPort() + "/v2/models/digits/infer"))
                            .POST(BodyPublishers.ofString(body.toString())).build(),
                    BodyHandlers.ofString()).thenAccept(response -> {
                        synchronized (truth) {
                            truth.put(response.headers().firstValue("understudy-request-id").orElseThrow(),
                                    digit.label());
                        }
                    }));
            if (open.size() == TOGETHER) {
                open.forEach(CompletableFuture::join);
                open.clear();
            }
        }
        open.forEach(CompletableFuture::join);
        await(() -> challenger(version).at("/ledger/sampled").asLong() == before + count
                && challenger(version).at("/ledger/in_flight").asLong() == 0);
        return truth;
    }

    private static String lines(Map<String, Integer> truth) {
        return truth.entrySet().stream()
                .map(each -> "{\"request_id\": \"" + each.getKey() + "\", \"label\": " + each.getValue() + "}")
                .collect(Collectors.joining("\n"));
    }

    private record Ran(int exitCode, String out, String err) {
        JsonNode json() {
            try {
                return JSON.readTree(out);
            } catch (IOException e) {
                throw new IllegalStateException(out, e);
            }
        }
    }

    private Ran run(String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine line = Main.commandLine(Terminal.PLAIN).setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true));
        List<String> all = new ArrayList<>(List.of(args));
        if (!all.contains("--state")) {
            all.addAll(List.of("--management-url", "http://127.0.0.1:" + server.managementPort()));
        }
        int exitCode = line.execute(all.toArray(String[]::new));
        return new Ran(exitCode, out.toString(), err.toString());
    }

    /// What it says of labels. The rest goes on changing: the time watched, and re-runs that are still on their way.
    private static JsonNode decisive(JsonNode verdict) {
        ObjectNode copy = JSON.createObjectNode();
        for (String key : List.of("decision", "criteria", "segments")) {
            copy.set(key, verdict.get(key));
        }
        return copy;
    }

    @Test
    void labelsLeadToAVerdictThatSurvivesRestartsAndChangesOfCriteria() throws Exception {
        serve(MODEL_YAML.formatted("-10"));
        drop("equal");
        assertEquals(3, run("verdict", "digits", "--challenger", "better").exitCode(), "there is none of that name");
        Map<String, Integer> truth = play("equal", 300);
        assertEquals(2, run("verdict", "digits").exitCode(), "labels are missing");

        String csv = truth.entrySet().stream().limit(100).map(each -> each.getKey() + "," + each.getValue())
                .collect(Collectors.joining("\n", "request_id,label\n", "\n"));
        long compared = challenger("equal").at("/ledger/compared").asLong();
        JsonNode some = json("POST", "/models/digits/feedback", csv, "Content-Type", "text/csv");
        assertEquals(100, some.at("/joined").asInt() + some.at("/unknown").asInt(), some::toString);
        JsonNode all = json("POST", "/models/digits/feedback",
                lines(truth) + "{\"request_id\":\"nobody\",\"label\":1}");
        assertEquals(List.of(301, 100), List.of(all.at("/received").asInt(), all.at("/repeated").asInt()),
                all::toString);
        assertEquals(compared, some.at("/joined").asInt() + all.at("/joined").asInt(),
                "what was compared has its label, what was shed has none");
        assertEquals(301 - compared, some.at("/unknown").asInt() + all.at("/unknown").asInt());
        assertEquals(301 + 100, json("GET", "/models/digits/feedback", "").at("/received").asInt());

        Path junit = folder.resolve("junit.xml");
        Ran promoted = run("verdict", "digits", "--wait", "30s", "--junit", junit.toString());
        assertEquals(0, promoted.exitCode(), promoted.out() + promoted.err());
        assertTrue(promoted.out().contains("accuracy gain at least -10 points"), promoted.out());
        assertTrue(Files.readString(junit).contains("tests=\"2\" failures=\"0\" skipped=\"0\""),
                Files.readString(junit));
        JsonNode live = run("verdict", "digits", "--json").json();
        assertEquals(compared, live.at("/criteria/0/samples").asInt());
        assertEquals(decisive(live), decisive(run("verdict", "digits", "--json", "--recompute").json()));

        Ran replayed = run("replay", "digits", "--challenger", MODELS.resolve("challengers/better.onnx").toString());
        assertEquals(0, replayed.exitCode(), replayed.err());
        assertTrue(replayed.out().contains("only live traffic promotes"), replayed.out());
        JsonNode sheet = run("replay", "digits", "--json", "--challenger",
                MODELS.resolve("challengers/better.onnx").toString()).json();
        long recorded = sheet.at("/compared").asLong();
        assertTrue(recorded > 10, sheet::toString);
        assertEquals(recorded, sheet.at("/verdict/criteria/0/samples").asLong(), "their labels are known");
        assertTrue(run("replay", "digits", "--challenger", MODELS.resolve("challengers/broken/wrong-input.onnx")
                .toString()).err().contains("cannot be replayed"));

        JsonNode set = json("PUT", "/models/digits/criteria",
                "promote_when: [agreement: {at_least: 99%}]\nwatch_at_least: 0\n", "understudy-operator", "ann");
        assertEquals("api", set.at("/source").asText());
        assertEquals(0, run("verdict", "digits", "--json").json().at("/criteria/0/samples").asInt(),
                "a new evaluation");
        play("equal", 20);
        long next = challenger("equal").at("/ledger/compared").asLong();
        // What was compared is on disk within a second, and only that counts.
        await(() -> run("verdict", "digits", "--json").json().at("/criteria/0/samples").asLong() == next);
        JsonNode events = json("GET", "/models/digits/events", "");
        assertTrue(events.toString().contains("set by ann (127.0.0.1): "), events::toString);

        server.close();
        start();
        await(() -> challenger("equal").path("state").asText().equals("shadowing"));
        assertEquals("ann (127.0.0.1)", json("GET", "/models/digits/criteria", "").at("/set_by").asText());
        assertEquals(next, run("verdict", "digits", "--json").json().at("/criteria/0/samples").asLong());
        assertEquals("model_yaml", json("DELETE", "/models/digits/criteria", "").at("/source").asText());
        JsonNode back = run("verdict", "digits", "--json").json();
        assertEquals(decisive(live), decisive(back), "the old evaluation goes on where it was");

        assertEquals(3, run("verdict", "digits", "--state", config.state().toString()).exitCode(), "it is in use");
        server.close();
        Ran stopped = run("verdict", "digits", "--state", config.state().toString(), "--json", "--recompute");
        assertEquals(0, stopped.exitCode(), stopped.err());
        assertEquals(decisive(live), decisive(stopped.json()));
        JsonNode again = run("replay", "digits", "--json", "--state", config.state().toString(), "--challenger",
                MODELS.resolve("challengers/equal.onnx").toString()).json();
        assertEquals(0, again.at("/failed").asLong(), again::toString);
        assertEquals(0, again.at("/worst").size(), again::toString);
    }

    @Test
    void aChallengerThatIsWorseOnOneDigitIsHeldBackAndTheDigitIsNamed() throws Exception {
        serve(MODEL_YAML.formatted("-5"));
        drop("worse-on-eight");
        Map<String, Integer> truth = play("worse-on-eight", 3 * DIGITS.size());
        assertEquals(challenger("worse-on-eight").at("/ledger/compared").asLong(),
                json("POST", "/models/digits/feedback", lines(truth)).at("/joined").asLong());
        Ran ran = run("verdict", "digits");
        assertNotEquals(0, ran.exitCode(), ran.out());
        assertTrue(ran.out().contains("segment label=8 misses accuracy gain at least -5 points"), ran.out());
        JsonNode segments = run("verdict", "digits", "--json").json().at("/segments");
        List<String> failing = new ArrayList<>();
        segments.forEach(each -> {
            if (each.path("failing").asBoolean()) {
                failing.add(each.path("segment").asText());
            }
        });
        assertEquals(List.of("label=8"), failing);
        assertTrue(run("verdict", "digits", "--markdown").out().contains("segment label=8"));
    }

    @Test
    void everyErrorOfTheVerdictCommandHasItsOwnExitCode() throws Exception {
        serve(MODEL_YAML.formatted("0"));
        for (String[] args : List.of(new String[]{"verdict"}, new String[]{"verdict", "digits", "--wait", "soon"},
                new String[]{"verdict", "digits", "--nonsense"}, new String[]{"verdict", "letters"},
                new String[]{"verdict", "digits"}, new String[]{"verdict", "digits", "--json", "--markdown"})) {
            Ran ran = run(args);
            assertEquals(3, ran.exitCode(), ran.out() + ran.err());
            assertEquals("", ran.out());
        }
        assertEquals(3, run("verdict", "digits", "--state", folder.resolve("nowhere").toString()).exitCode());
        Files.copy(MODELS.resolve("challengers/broken/wrong-input.onnx"), repository.resolve("2.onnx"));
        await(() -> challenger("2").path("state").asText().equals("refused"));
        Ran refused = run("verdict", "digits");
        assertEquals(1, refused.exitCode(), "a version that was refused is rejected");
        assertTrue(refused.out().contains("refused before any request"), refused.out());
    }
}
