package dev.understudy.server.protocol;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.understudy.cli.RunningServer;
import dev.understudy.cli.ServeConfig;
import dev.understudy.cli.ServeSettings;
import dev.understudy.engine.EngineConfig.LogEvent;
import dev.understudy.engine.ShadowConfig;
import dev.understudy.runtime.Isolation;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.Tensor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assertions;

/// The server as `serve` starts it, over a repository for tests of the protocol, and a client. Thread-safe once built.
///
/// Served are the [OnnxModels] `simple`, `kinds`, `whole_kinds`, `scalar`, `echo`, `weighted` and `constant`, and `digits` with a
/// challenger; `garbage` cannot be loaded.
final class ProtocolServer implements AutoCloseable {
    static final String SIMPLE = "{\"id\":\"c-1\",\"inputs\":[{\"name\":\"A\",\"shape\":[1,2],\"datatype\":\"FP32\","
            + "\"data\":[5,7]},{\"name\":\"B\",\"shape\":[1,2],\"datatype\":\"FP32\",\"data\":[[1,2.5]]}]}";
    private static final Path MODELS = Path.of("..", "models");
    private static final ObjectMapper JSON = new ObjectMapper();

    final List<LogEvent> log = new CopyOnWriteArrayList<>();
    private final Path repository;
    private final RunningServer server;
    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /// One answer.
    record Answer(int status, HttpResponse<byte[]> response) {
        String text() {
            return new String(response.body(), StandardCharsets.UTF_8);
        }

        JsonNode json() throws IOException {
            int length = header("inference-header-content-length").isEmpty()
                    ? response.body().length
                    : Integer.parseInt(header("inference-header-content-length"));
            return JSON.readTree(response.body(), 0, length);
        }

        String error() throws IOException {
            return json().path("error").asText("");
        }

        String header(String name) {
            return response.headers().firstValue(name).orElse("");
        }
    }

    ProtocolServer(Path folder) throws Exception {
        repository = folder.resolve("repository");
        model(repository, "simple/1.onnx", OnnxModels.simple());
        model(repository, "scalar/1.onnx", OnnxModels.scalar());
        model(repository, "garbage/1.onnx",
                Files.readAllBytes(MODELS.resolve("challengers/broken/fails-to-load.onnx")));
        model(repository, "kinds/1.onnx", OnnxModels.kinds());
        model(repository, "whole_kinds/1.onnx", OnnxModels.wholeKinds());
        model(repository, "echo/1.onnx", OnnxModels.echo());
        model(repository, "weighted/1.onnx", OnnxModels.weighted());
        model(repository, "constant/1.onnx", OnnxModels.constant());
        model(repository, "digits/1.onnx", Files.readAllBytes(MODELS.resolve("repository/digits/1.onnx")));
        model(repository, "digits/better.onnx", Files.readAllBytes(MODELS.resolve("challengers/better.onnx")));
        // Not kept off the champion, since a test that waits for a comparison must get one on a busy machine too.
        ShadowConfig shadow = new ShadowConfig(Isolation.NONE, 1);
        server = RunningServer.start(ServeConfig.of(new ServeSettings(repository, folder.resolve("state"), "127.0.0.1",
                0, 0, null, 0, null, null, null, null, null, shadow, null, "triton")), log::add);
    }

    private static void model(Path repository, String name, byte[] bytes) throws IOException {
        Path file = repository.resolve(name);
        Files.createDirectories(file.resolveSibling("."));
        Files.write(file, bytes);
    }

    /// Puts another model or version into the repository: `digits/2.onnx`.
    void add(String name, byte[] model) throws IOException {
        model(repository, name + ".tmp", model);
        Files.move(repository.resolve(name + ".tmp"), repository.resolve(name));
    }

    /// The input of a request for `digits`.
    static Tensor digit() throws IOException {
        JsonNode data = JSON.readTree(MODELS.resolve("requests/digit.json").toFile()).path("inputs").path(0)
                .path("data");
        float[] pixels = new float[data.size()];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = data.path(i).floatValue();
        }
        return Tensor.ofFloats("image", Shape.of(1, pixels.length), pixels);
    }

    /// Waits until no bytes of bodies are held: an answer may reach the client before the server has heard that it is
    /// written, and the server notices a client that is gone at its own time.
    void awaitNothingHeld() throws Exception {
        await(() -> server.bodyBytesHeld() == 0, () -> server.bodyBytesHeld() + " bytes are still held");
    }

    /// Waits for a fact; the patience only bounds a failure.
    static void await(Callable<Boolean> fact, Callable<?> otherwise) throws Exception {
        long giveUpNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!fact.call()) {
            if (System.nanoTime() > giveUpNanos) {
                Assertions.fail(String.valueOf(otherwise.call()));
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }

    int managementPort() {
        return server.managementPort();
    }

    int httpPort() {
        return server.httpPort();
    }

    int grpcPort() {
        return server.grpcPort();
    }

    Answer get(String path) throws IOException, InterruptedException {
        return send(path, null, Map.of());
    }

    Answer post(String path, String json) throws IOException, InterruptedException {
        return send(path, json.getBytes(StandardCharsets.UTF_8), Map.of());
    }

    /// JSON, and behind it the data of binary inputs.
    Answer post(String path, String json, byte[]... binaries) throws IOException, InterruptedException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        byte[] head = json.getBytes(StandardCharsets.UTF_8);
        body.writeBytes(head);
        for (byte[] binary : binaries) {
            body.writeBytes(binary);
        }
        return send(path, body.toByteArray(),
                Map.of("Inference-Header-Content-Length", Integer.toString(head.length)));
    }

    Answer send(String path, byte @Nullable [] body, Map<String, String> headers)
            throws IOException, InterruptedException {
        return send(server.httpPort(), path, body, headers);
    }

    /// What management says.
    JsonNode management(String path) throws IOException, InterruptedException {
        return send(server.managementPort(), path, null, Map.of()).json();
    }

    private Answer send(int port, String path, byte @Nullable [] body, Map<String, String> headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(Duration.ofSeconds(30));
        headers.forEach(request::header);
        HttpResponse<byte[]> response = client.send(
                (body == null ? request : request.POST(BodyPublishers.ofByteArray(body))).build(),
                BodyHandlers.ofByteArray());
        return new Answer(response.statusCode(), response);
    }

    @Override
    public void close() {
        client.shutdownNow();
        server.close();
    }
}
