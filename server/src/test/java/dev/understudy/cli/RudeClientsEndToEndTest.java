package dev.understudy.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Clients that leave or send rubbish are no error of the server: nothing is logged, and the next one is answered.
@Timeout(value = 3, unit = TimeUnit.MINUTES)
final class RudeClientsEndToEndTest {
    private static final Path MODELS = Path.of("..", "models");
    private static final Pattern READY = Pattern
            .compile(
                    "ready http=127\\.0\\.0\\.1:(\\d+) grpc=127\\.0\\.0\\.1:(\\d+) management=127\\.0\\.0\\.1:(\\d+) models=1");
    private static final Pattern COUNTED = Pattern
            .compile("^understudy_client_connection_faults_total (\\d+)", Pattern.MULTILINE);
    private static final int CLIENTS = 20;
    private static final int TIMEOUT_MILLIS = 20_000;

    private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    private static final String SETTINGS = "\0\0\0\4\0\0\0\0\0";
    /// Clients that send this and go, or reset the connection, at whatever the server was about to do.
    private static final List<String> LEAVING = List.of("", "GET /v2 HT",
            "\u0016\u0003\u0001\2\0\1\0\1\u00fc\u0003\u0003abc",
            "POST /v2/models/digits/infer HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000\r\n\r\n{\"inputs\":",
            "POST /models/digits/feedback HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000\r\n\r\n{\"request_id\":",
            "GET /models HTTP/1.1\r\nHost: localhost\r\n\r\n",
            "GET /v2 HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: ?\r\n\r\n",
            PREFACE, PREFACE + SETTINGS);
    /// Clients that send this and wait for the end, which comes after the fault was dealt with.
    private static final List<String> BROKEN = List.of(
            PREFACE + "\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff",
            PREFACE + SETTINGS + "\0\0\1\0\0\0\0\0\1x");

    private final Path folder;

    RudeClientsEndToEndTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @Test
    void nothingIsLoggedOfThemAndTheNextRequestIsAnswered() throws Exception {
        Path model = Files.createDirectories(folder.resolve("repository/digits")).resolve("1.onnx");
        Files.copy(MODELS.resolve("repository/digits/1.onnx"), model);
        try (Program program = Program.start(folder.resolve("err"), "serve", "--repository",
                folder.resolve("repository").toString(), "--state", folder.resolve("state").toString(), "--host",
                "127.0.0.1", "--http-port", "0", "--grpc-port", "0", "--management-port", "0", "--log-format", "json");
                HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            Matcher ready = READY.matcher(String.valueOf(program.readLine()));
            assertTrue(ready.matches(), String.join("\n", program.errors()));
            for (int plane = 1; plane <= 3; plane++) {
                int port = Integer.parseInt(ready.group(plane));
                for (int client = 0; client < CLIENTS; client++) {
                    for (String sent : LEAVING) {
                        leave(port, sent, true);
                        leave(port, sent, false);
                    }
                    for (String sent : BROKEN) {
                        sendAndAwaitTheEnd(port, sent);
                    }
                }
            }
            assertEquals(200, http.send(HttpRequest
                    .newBuilder(URI.create("http://127.0.0.1:" + ready.group(1) + "/v2/models/digits/infer"))
                    .POST(BodyPublishers.ofFile(MODELS.resolve("requests/digit.json"))).build(),
                    BodyHandlers.discarding()).statusCode());
            greet(Integer.parseInt(ready.group(2)));
            String metrics = http.send(HttpRequest
                    .newBuilder(URI.create("http://127.0.0.1:" + ready.group(3) + "/metrics")).build(),
                    BodyHandlers.ofString()).body();
            Matcher counted = COUNTED.matcher(metrics);
            assertTrue(counted.find(), metrics);
            assertTrue(Long.parseLong(counted.group(1)) >= 2L * CLIENTS * BROKEN.size(), counted.group());
            program.terminate();
            assertEquals(ExitCode.OK, program.exitCode());
            assertEquals(List.of("stopping: no new requests, answering those admitted", "engine stopped", "stopped"),
                    sinceTheStart(program.errors()));
        }
    }

    /// What was logged after the last that a start logs.
    private static List<String> sinceTheStart(List<String> lines) throws Exception {
        List<String> messages = new ArrayList<>();
        for (String line : lines) {
            JsonNode event = StatusPageTest.json(line);
            if (event.path("message").asText().startsWith("limits ")) {
                messages.clear();
            } else {
                messages.add(event.path("message").asText());
            }
        }
        return messages;
    }

    private static Socket connect(int port) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        return socket;
    }

    private static void leave(int port, String sent, boolean reset) throws IOException {
        try (Socket socket = connect(port)) {
            // Closing such a socket resets the connection.
            socket.setSoLinger(reset, 0);
            socket.getOutputStream().write(sent.getBytes(StandardCharsets.ISO_8859_1));
        }
    }

    private static void sendAndAwaitTheEnd(int port, String sent) throws IOException {
        try (Socket socket = connect(port)) {
            socket.getOutputStream().write(sent.getBytes(StandardCharsets.ISO_8859_1));
            socket.getInputStream().readAllBytes();
        } catch (java.net.SocketException e) {
            // An end all the same: the server closed with bytes unread.
        }
    }

    /// An HTTP/2 server's first frame is SETTINGS.
    private static void greet(int port) throws IOException {
        try (Socket socket = connect(port)) {
            socket.getOutputStream().write((PREFACE + SETTINGS).getBytes(StandardCharsets.ISO_8859_1));
            assertEquals(4, socket.getInputStream().readNBytes(9)[3]);
        }
    }
}
