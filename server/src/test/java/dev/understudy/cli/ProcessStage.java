package dev.understudy.cli;

import static org.junit.jupiter.api.Assertions.assertNotEquals;

import com.fasterxml.jackson.databind.JsonNode;
import dev.understudy.models.Digits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The program in processes of its own, on a repository with the digits and free ports, and a client of it. New for each test.
@SuppressWarnings("NullAway.Init")
@Timeout(value = 5, unit = TimeUnit.MINUTES)
abstract class ProcessStage {
    static final Path MODELS = Path.of("..", "models");
    private static final long POLL_NANOS = 20_000_000;

    @TempDir
    Path folder;
    /// Where the digits' versions are dropped.
    Path repository;
    int httpPort;
    private int grpcPort;
    private int managementPort;
    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @BeforeEach
    void install() throws IOException {
        repository = Files.createDirectories(folder.resolve("repository/digits"));
        Files.copy(MODELS.resolve("repository/digits/1.onnx"), repository.resolve("1.onnx"));
        // One challenger runs at a time, so that it is certain who ran, and waits for no gap, so that little is shed.
        Files.writeString(folder.resolve("serve.yaml"), "shadow: {isolation: priority}\n");
        try (ServerSocket first = free(); ServerSocket second = free(); ServerSocket third = free()) {
            httpPort = first.getLocalPort();
            grpcPort = second.getLocalPort();
            managementPort = third.getLocalPort();
        }
    }

    @AfterEach
    void closeClient() {
        http.shutdownNow();
        http.close();
    }

    private static ServerSocket free() throws IOException {
        return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    }

    /// Starts `serve` with its stderr in a file.
    ///
    /// @param program a main class as the launcher starts it, or a launcher
    Program serve(List<String> program, String... more) throws IOException {
        List<String> args = new ArrayList<>(List.of("serve", "--repository", folder.resolve("repository").toString(),
                "--state", folder.resolve("state").toString(), "--config", folder.resolve("serve.yaml").toString(),
                "--host", "127.0.0.1", "--http-port", Integer.toString(httpPort), "--grpc-port",
                Integer.toString(grpcPort), "--management-port", Integer.toString(managementPort)));
        args.addAll(List.of(more));
        return Program.start(folder.resolve("err"), program, args.toArray(String[]::new));
    }

    /// The first line of stdout.
    String readyLine() {
        return "ready http=127.0.0.1:" + httpPort + " grpc=127.0.0.1:" + grpcPort + " management=127.0.0.1:"
                + managementPort + " models=1";
    }

    /// The champion's answer to a digit whose other pixels are 9.
    HttpResponse<String> infer(int firstPixel) {
        String pixels = firstPixel + "," + Collections.nCopies(Digits.PIXELS - 1, "9").stream()
                .collect(Collectors.joining(","));
        return send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + httpPort + "/v2/models/digits/infer"))
                .POST(BodyPublishers.ofString("{\"inputs\":[{\"name\":\"image\",\"datatype\":\"FP32\",\"shape\":[1,"
                        + Digits.PIXELS + "],\"data\":[" + pixels + "]}]}"))
                .build());
    }

    private JsonNode management(String path) throws Exception {
        return StatusPageTest.json(send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + managementPort + path)).build()).body());
    }

    /// The digits as the management interface shows them.
    JsonNode model() throws Exception {
        return management("/models/digits");
    }

    /// Comparisons that are on disk.
    long comparisons(String version) throws Exception {
        return management("/models/digits/challengers/" + version + "/comparisons").findValues("request_id").size();
    }

    /// The challenger once it is in that state; fails when it is refused instead.
    JsonNode awaitState(String version, String state) throws Exception {
        while (true) {
            for (JsonNode challenger : model().path("challengers")) {
                if (challenger.path("version").asText().equals(version)) {
                    if (challenger.path("state").asText().equals(state)) {
                        return challenger;
                    }
                    assertNotEquals("refused", challenger.path("state").asText(), challenger::toString);
                }
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    private HttpResponse<String> send(HttpRequest request) {
        try {
            return http.send(request, BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
