package dev.understudy.server.management;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Who may listen where, and who may ask.
final class AccessTest {
    @TempDir
    private Path folder = Path.of("");

    private final StageView view = new StageView();

    @Test
    void dataNeedsTheTokenAndTheOpenPagesDoNot() throws Exception {
        view.models = List.of(Cast.model("digits", Cast.challenger("2", Cast.CHALLENGER_SHA)));
        Path file = Files.writeString(folder.resolve("token"), "s3cret-word\n");
        try (ManagementServer server = ManagementServer.start(view, ManagementConfig.of("127.0.0.1", 0, file));
                Caller caller = new Caller(server.port())) {
            for (Endpoint endpoint : new ManagementApi(view, new MetricsPage(view), StaticPages.load()).endpoints()) {
                String path = endpoint.path().replace(":model", "digits").replace(":version", "2");
                HttpResponse<byte[]> refused = caller.send(endpoint.method().name(), path, "");
                boolean open = List.of("/", "/openapi.json", "/metrics", "/health").contains(endpoint.path());
                assertEquals(open ? 200 : 401, refused.statusCode(), path);
                if (!open) {
                    assertEquals("Bearer realm=\"understudy\"",
                            refused.headers().firstValue("www-authenticate").orElse(""), path);
                    assertFalse(Caller.JSON.readTree(refused.body()).path("error").textValue().isEmpty(), path);
                }
            }
            assertEquals(List.of(), view.asked);
            assertEquals(200, caller.get("/models", "Authorization", "Bearer s3cret-word").statusCode());
            assertEquals(200, caller.get("/models", "Authorization", "bearer s3cret-word").statusCode());
            for (String wrong : List.of("Bearer s3cret-wor", "Bearer s3cret-wordd", "Bearer ", "s3cret-word",
                    "Basic s3cret-word")) {
                assertEquals(401, caller.get("/models", "Authorization", wrong).statusCode(), wrong);
            }
        }
    }

    @Test
    void withoutATokenAPageOfAnotherHostIsNotAnswered() throws Exception {
        try (ManagementServer server = ManagementServer.start(view, ManagementConfig.of("127.0.0.1", 0, null));
                Caller caller = new Caller(server.port())) {
            for (String own : List.of("localhost", "LOCALHOST:8002", "127.0.0.1:1", "[::1]:8002")) {
                assertEquals(200, caller.statusWithHost(own, "/models"), own);
            }
            for (String other : List.of("evil.example", "127.0.0.1.evil.example", "localhost.evil.example:8002")) {
                assertEquals(403, caller.statusWithHost(other, "/models"), other);
                assertEquals(200, caller.statusWithHost(other, "/health"), other);
            }
        }
    }

    @Test
    void withoutATokenAPageFromElsewhereCannotPost() throws Exception {
        try (ManagementServer server = ManagementServer.start(view, ManagementConfig.of("127.0.0.1", 0, null));
                Caller one = new Caller(server.port());
                Caller two = Caller.overHttp2(server.port())) {
            for (Caller caller : List.of(one, two)) {
                String own = "http://127.0.0.1:" + server.port();
                assertEquals(404, caller.send("POST", "/models/m/feedback", "x", "Origin", own).statusCode());
                assertEquals(403,
                        caller.send("POST", "/models/m/feedback", "x", "Sec-Fetch-Site", "same-site").statusCode());
                for (String other : List.of("https://evil.example", "null", "http://localhost.evil.example", "%",
                        "http://localhost:3000", "http://127.0.0.1:9")) {
                    assertEquals(403, caller.send("POST", "/models/m/feedback", "x", "Origin", other).statusCode(),
                            other);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::"})
    void beyondLoopbackATokenIsNeeded(String host) throws Exception {
        assertEquals("the management host " + host
                + " can be reached from other machines: give --management-token-file, or listen on 127.0.0.1",
                refusal(host, 8002, null));
        Path file = Files.writeString(folder.resolve("token"), "word");
        ManagementConfig.of(host, 8002, file);
    }

    @Test
    void unusableConfigurationIsRefusedInOneLine() throws Exception {
        assertEquals("the management port must be within 0 and 65535: 65536", refusal("127.0.0.1", 65536, null));
        Path missing = folder.resolve("missing");
        assertEquals("the management token file " + missing + " cannot be read", refusal("127.0.0.1", 0, missing));
        Path file = folder.resolve("token");
        Files.writeString(file, " \n");
        assertEquals("the management token file " + file + " is empty", refusal("127.0.0.1", 0, file));
        Files.writeString(file, "two words");
        assertEquals("the management token file " + file + " must hold one word of printable ASCII",
                refusal("127.0.0.1", 0, file));
        Files.writeString(file, "x".repeat(4097));
        assertEquals("the management token file " + file + " is larger than 4096 bytes",
                refusal("127.0.0.1", 0, file));
    }

    private static String refusal(String host, int port, @Nullable Path token) {
        String message = assertThrows(ManagementStartException.class, () -> ManagementConfig.of(host, port, token))
                .getMessage();
        return message == null ? "" : message;
    }

    @Test
    void aPortInUseIsOneLineAndAClosedServersPortIsFree() throws Exception {
        int port;
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = taken.getLocalPort();
            ManagementConfig config = ManagementConfig.of("127.0.0.1", port, null);
            assertEquals(
                    "the management address 127.0.0.1:" + port
                            + " cannot be listened on, it may be in use: choose another with --management-port",
                    assertThrows(ManagementStartException.class, () -> ManagementServer.start(view, config))
                            .getMessage());
        }
        ManagementConfig config = ManagementConfig.of("127.0.0.1", port, null);
        for (int round = 0; round < 2; round++) {
            try (ManagementServer server = ManagementServer.start(view, config)) {
                assertEquals(port, server.port());
            }
        }
    }

    @Test
    void moreConnectionsThanTheBoundAreClosedAndOthersGoOn() throws Exception {
        List<Socket> open = new ArrayList<>();
        try (ManagementServer server = ManagementServer.start(view, ManagementConfig.of("127.0.0.1", 0, null));
                Caller caller = new Caller(server.port())) {
            assertEquals(200, caller.get("/health").statusCode());
            for (int i = 0; i < 255; i++) {
                Socket socket = asking(server.port());
                open.add(socket);
                assertEquals('H', socket.getInputStream().read(), "answered");
            }
            try (Socket beyond = asking(server.port())) {
                assertEquals(-1, beyond.getInputStream().read());
            }
            assertEquals(200, caller.get("/health").statusCode());
        } finally {
            for (Socket socket : open) {
                socket.close();
            }
        }
    }

    private static Socket asking(int port) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.getOutputStream()
                .write("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    @Test
    void moreCallsThanTheBoundAreRefusedAtOnceAndTheBoundIsGivenBack() throws Exception {
        Vertx vertx = Vertx.vertx();
        try {
            BoundedWorkers workers = new BoundedWorkers(vertx, "bounded", 1, 2);
            CountDownLatch release = new CountDownLatch(1);
            var running = workers.answer(() -> {
                release.await();
                return Answer.error(404, "first");
            });
            var waiting = workers.answer(() -> {
                throw new IllegalStateException("second");
            });
            var refused = workers.answer(() -> Answer.error(404, "third"));
            assertTrue(refused.succeeded());
            assertEquals(503, ((Answer.Json) refused.result()).status());
            release.countDown();
            running.toCompletionStage().toCompletableFuture().join();
            assertTrue(waiting.transform(done -> Future.succeededFuture(done.failed()))
                    .toCompletionStage().toCompletableFuture().join());
            var after = workers.answer(() -> Answer.error(404, "fourth"));
            assertEquals(404, ((Answer.Json) after.toCompletionStage().toCompletableFuture().join()).status());
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().join();
        }
    }
}
