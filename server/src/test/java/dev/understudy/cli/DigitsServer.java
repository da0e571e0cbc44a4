package dev.understudy.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
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
import picocli.CommandLine;

/// A real server of the digits, what is sent to it, and the commands that ask it. Not thread-safe; owned by its test.
final class DigitsServer implements AutoCloseable {
    private static final Path MODELS = Path.of("..", "models");
    private static final JsonMapper JSON = JsonMapper.builder().build();
    static final List<Digit> DIGITS = Digits.load().heldOut();
    private static final int TOGETHER = 16;

    private final Path repository;
    private final ServeConfig config;
    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private RunningServer server;

    /// Begins to serve.
    ///
    /// @param folder    holds repository and state
    /// @param modelYaml the model's configuration
    DigitsServer(Path folder, String modelYaml) throws IOException, CommandFailure {
        repository = Files.createDirectories(folder.resolve("repository/digits"));
        Files.copy(MODELS.resolve("repository/digits/1.onnx"), repository.resolve("1.onnx"));
        Files.writeString(repository.resolve("model.yaml"), modelYaml);
        config = ServeConfig.of(new ServeSettings(folder.resolve("repository"), folder.resolve("state"), "127.0.0.1", 0,
                0, "127.0.0.1", 0, null, null, null, null, null,
                // The lane that waits for nobody: on a busy machine the others shed, and fewer requests are compared.
                new ShadowConfig(Isolation.NONE, 1), null, null));
        server = start();
    }

    private RunningServer start() throws CommandFailure {
        return RunningServer.start(config, event -> {});
    }

    /// Stops, and serves the same again.
    void restart() throws CommandFailure {
        server.close();
        server = start();
    }

    /// Ends the server and leaves its state.
    void stop() {
        server.close();
    }

    String state() {
        return config.state().toString();
    }

    /// A file of `models/challengers`.
    static Path shipped(String name) {
        return MODELS.resolve("challengers").resolve(name + ".onnx");
    }

    /// Copies a file of `models/challengers` into the watched folder.
    void copy(String shipped, String as) throws IOException {
        Files.copy(shipped(shipped), repository.resolve(as));
    }

    @Override
    public void close() {
        server.close();
        http.close();
    }

    HttpResponse<String> call(String method, String path, String body, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest
                .newBuilder(URI.create("http://127.0.0.1:" + server.managementPort() + path))
                .method(method, BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return http.send(request.build(), BodyHandlers.ofString());
    }

    JsonNode json(String method, String path, String body, String... headers)
            throws IOException, InterruptedException {
        HttpResponse<String> response = call(method, path, body, headers);
        assertEquals(200, response.statusCode(), response::body);
        return JSON.readTree(response.body());
    }

    JsonNode challenger(String version) {
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

    /// Drops a shipped challenger in and waits until it shadows.
    void drop(String version) throws IOException {
        copy(version, version + ".onnx");
        await(() -> challenger(version).path("state").asText().equals("shadowing"));
    }

    static void await(BooleanSupplier fact) {
        long start = System.nanoTime();
        while (!fact.getAsBoolean()) {
            assertTrue(System.nanoTime() - start < TimeUnit.MINUTES.toNanos(2), "it does not come to be");
            LockSupport.parkNanos(20_000_000);
        }
    }

    /// Plays digits and waits until nothing is in flight.
    ///
    /// @return what each request should have been answered, by its id
    Map<String, Integer> play(String version, int count) {
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

    static String lines(Map<String, Integer> truth) {
        return truth.entrySet().stream()
                .map(each -> "{\"request_id\": \"" + each.getKey() + "\", \"label\": " + each.getValue() + "}")
                .collect(Collectors.joining("\n"));
    }

    /// How a command ended, and what it said.
    record Ran(int exitCode, String out, String err) {
        JsonNode json() {
            try {
                return JSON.readTree(out);
            } catch (IOException e) {
                throw new IllegalStateException(out, e);
            }
        }
    }

    Ran run(String... args) {
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
}
