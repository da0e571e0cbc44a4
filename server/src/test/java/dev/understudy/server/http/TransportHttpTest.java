package dev.understudy.server.http;

import static dev.understudy.server.http.PlaneFixture.ADD_ONE;
import static dev.understudy.server.http.PlaneFixture.REQUEST_BYTES_MAX;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.understudy.server.plane.DataPlaneOptions;
import dev.understudy.server.plane.Intake;
import dev.understudy.server.plane.ListenException;
import dev.understudy.server.plane.TestModels;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TransportHttpTest {
    private static final String INFER = "/v2/models/add_one/infer";
    private static final String HELD = "/v2/models/held/infer";

    private PlaneFixture server;

    @BeforeEach
    void start() throws Exception {
        server = new PlaneFixture();
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    @Test
    void aBodyLargerThanTheLimitIs413BeforeItComesAndTheConnectionCloses() throws Exception {
        try (Wire wire = server.wire()) {
            Wire.Answer answer = wire.send("POST " + INFER + " HTTP/1.1\r\nHost: x\r\nContent-Length: "
                    + (REQUEST_BYTES_MAX + 1) + "\r\n\r\n{").answer();
            assertEquals(413, answer.status());
            assertTrue(answer.body().startsWith("{\"error\":\""), answer.body());
            assertEquals("close", answer.headers().get("connection"));
            assertFalse(answer.headers().getOrDefault("understudy-request-id", "").isEmpty());
            wire.send(new byte[REQUEST_BYTES_MAX]);
            assertTrue(wire.ends());
        }
        assertStillServes();
    }

    @Test
    void aChunkedBodyLargerThanTheLimitIs413() throws Exception {
        try (Wire wire = server.wire()) {
            wire.send("POST " + INFER + " HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
            for (int sent = 0; sent <= REQUEST_BYTES_MAX; sent += 100_000) {
                wire.send("186a0\r\n").send(new byte[100_000]).send("\r\n");
            }
            assertEquals(413, wire.answer().status());
        }
        assertStillServes();
    }

    @Test
    void aChunkedBodyIsPutTogether() throws Exception {
        try (Wire wire = server.wire()) {
            wire.send("POST " + INFER + " HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
            for (byte one : ADD_ONE.getBytes(StandardCharsets.UTF_8)) {
                wire.send("1\r\n").send(new byte[]{one}).send("\r\n");
            }
            Wire.Answer answer = wire.send("0\r\n\r\n").answer();
            assertTrue(answer.body().contains("[2.0,3.5]"), answer.body());
        }
    }

    @Test
    void aClientThatAsksWhetherToSendIsTold() throws Exception {
        try (Wire wire = server.wire()) {
            wire.send("POST " + INFER + " HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: "
                    + ADD_ONE.length() + "\r\n\r\n");
            assertEquals(100, wire.answer().status());
            assertEquals(200, wire.send(ADD_ONE).answer().status());
            wire.send("POST " + INFER + " HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 99999999999"
                    + "\r\n\r\n");
            assertEquals(413, wire.answer().status());
        }
    }

    @Test
    void requestsSentAheadAreAnsweredInOrder() throws Exception {
        try (Wire wire = server.wire()) {
            wire.send(
                    Wire.post(INFER, "", ADD_ONE.replace("c-1", "first")) + Wire.post("/v2/models/echo/infer", "", "{")
                            + Wire.post(INFER, "", ADD_ONE.replace("c-1", "third")));
            assertTrue(wire.answer().body().contains("first"));
            assertEquals(400, wire.answer().status());
            assertTrue(wire.answer().body().contains("third"));
        }
    }

    @Test
    void aClientGoneMidBodyHarmsNobody() throws Exception {
        try (Wire wire = server.wire()) {
            wire.send("POST " + INFER + " HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\n{\"inputs\":");
            awaitSomethingHeld();
        }
        server.awaitNothingHeld();
        assertStillServes();
    }

    @Test
    void aClientGoneMidAnswerHarmsNobody() throws Exception {
        Runnable answer;
        try (Wire wire = server.wire()) {
            wire.send(Wire.post(HELD, "", ADD_ONE));
            answer = server.models.held.take();
        }
        // Whether the server has noticed yet must not matter.
        answer.run();
        server.awaitNothingHeld();
        assertStillServes();
    }

    @Test
    void bodiesPastTheBudgetAre503AndFreedOnesMakeRoom() throws Exception {
        String padded = ADD_ONE + " ".repeat(290_000 - ADD_ONE.length());
        try (Wire one = server.wire(); Wire two = server.wire(); Wire three = server.wire()) {
            one.send(Wire.post(HELD, "", padded));
            two.send(Wire.post(HELD, "", padded));
            Runnable first = server.models.held.take();
            Runnable second = server.models.held.take();
            assertTrue(server.plane.bodyBytesHeld() >= 580_000);
            Wire.Answer refused = three.send(Wire.post(INFER, "", padded)).answer();
            assertEquals(503, refused.status());
            assertEquals("1", refused.headers().get("retry-after"));
            first.run();
            second.run();
            assertEquals(200, one.answer().status());
            assertEquals(200, two.answer().status());
        }
        assertStillServes();
    }

    @Test
    void manyTinyPiecesCountForMoreThanTheirBytes() throws Exception {
        byte[] piece = "1\r\n \r\n".getBytes(StandardCharsets.UTF_8);
        byte[] thousand = new byte[1000 * piece.length];
        for (int at = 0; at < thousand.length; at += piece.length) {
            System.arraycopy(piece, 0, thousand, at, piece.length);
        }
        try (Wire wire = server.wire()) {
            wire.send("POST " + INFER + " HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
            for (int i = 0; i < 4; i++) {
                wire.send(thousand);
            }
            assertEquals(503, wire.answer().status());
        }
        assertStillServes();
    }

    @Test
    void anIdleClientIsLetGo() throws Exception {
        DataPlaneOptions impatient = new DataPlaneOptions("127.0.0.1", 0, 1, REQUEST_BYTES_MAX,
                REQUEST_BYTES_MAX, Duration.ofMillis(100), Duration.ofSeconds(5));
        try (PlaneFixture other = new PlaneFixture(impatient); Wire wire = other.wire()) {
            wire.send("POST " + INFER + " HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\n{");
            assertTrue(wire.ends());
        }
    }

    @Test
    void http2WithPriorKnowledgeServesLimitsAndGoesOn() throws Exception {
        var client = server.vertx.createHttpClient(new HttpClientOptions().setProtocolVersion(HttpVersion.HTTP_2)
                .setHttp2ClearTextUpgrade(false).setHttp2MultiplexingLimit(100));
        assertEquals(200, h2(client, Buffer.buffer(ADD_ONE)).statusCode());
        assertEquals(413, h2(client, Buffer.buffer(new byte[REQUEST_BYTES_MAX + 1])).statusCode());
        assertEquals(200, h2(client, Buffer.buffer(ADD_ONE + " ".repeat(200_000))).statusCode());
        client.close().await(20, TimeUnit.SECONDS);
        server.awaitNothingHeld();
    }

    private HttpClientResponse h2(io.vertx.core.http.HttpClient client, Buffer body) throws Exception {
        Future<HttpClientResponse> answer = client.request(HttpMethod.POST, server.plane.port(), "127.0.0.1", INFER)
                .compose(request -> {
                    Future<HttpClientResponse> response = request.response();
                    request.end(body);
                    return response;
                });
        return answer.await(20, TimeUnit.SECONDS);
    }

    @Test
    void anHttp2StreamGoneMidAnswerHarmsNobody() throws Exception {
        var client = server.vertx.createHttpClient(
                new HttpClientOptions().setProtocolVersion(HttpVersion.HTTP_2).setHttp2ClearTextUpgrade(false));
        Future<?> sent = client.request(HttpMethod.POST, server.plane.port(), "127.0.0.1", HELD)
                .compose(request -> request.end(Buffer.buffer(ADD_ONE)).map(request));
        var request = (io.vertx.core.http.HttpClientRequest) sent.await(20, TimeUnit.SECONDS);
        Runnable answer = server.models.held.take();
        request.reset().await(20, TimeUnit.SECONDS);
        answer.run();
        server.awaitNothingHeld();
        assertEquals(200, h2(client, Buffer.buffer(ADD_ONE)).statusCode());
        client.close().await(20, TimeUnit.SECONDS);
    }

    @Test
    void whatIsNoHttpIsRefusedWithAnErrorObject() throws Exception {
        assertRefused(400, "GET /v2 HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n");
        assertRefused(414, "GET /v2/" + "a".repeat(5000) + " HTTP/1.1\r\n\r\n");
        assertRefused(431, "GET /v2 HTTP/1.1\r\nA: " + "a".repeat(9000) + "\r\n\r\n");
        assertStillServes();
    }

    private void assertRefused(int status, String request) throws Exception {
        try (Wire wire = server.wire()) {
            Wire.Answer answer = wire.send(request).answer();
            assertEquals(status, answer.status(), answer.body());
            assertTrue(answer.body().startsWith("{\"error\":\""), answer.body());
        }
    }

    @Test
    void theNetworkIsWaitedForWithEpollWhereItsLibraryIsBuiltFor() {
        assumeTrue(System.getProperty("os.name").equals("Linux")
                && List.of("amd64", "aarch64").contains(System.getProperty("os.arch")));
        assertTrue(server.vertx.isNativeTransportEnabled());
    }

    @Test
    void aPortInUseIsOneClearLine() throws Exception {
        DataPlaneOptions taken = DataPlaneOptions.of("127.0.0.1", server.plane.port(), 1000,
                Duration.ofSeconds(1));
        // Another Vert.x, since one would share the port among its own servers.
        try (TestModels models = new TestModels()) {
            var vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
            Throwable thrown = assertThrows(Throwable.class,
                    () -> HttpDataPlane.start(vertx, new Intake(models, taken.bodyBytesMax()), taken).await(20,
                            TimeUnit.SECONDS));
            Throwable cause = thrown instanceof CompletionException ? thrown.getCause() : thrown;
            String message = assertInstanceOf(ListenException.class, cause).getMessage();
            assertTrue(message != null && message.contains(":" + server.plane.port()) && message.contains("in use"),
                    message);
            vertx.close().await(20, TimeUnit.SECONDS);
        }
    }

    @Test
    void closingAnswersWhatIsUnderWayAndTakesNothingNew() throws Exception {
        try (Wire wire = server.wire()) {
            wire.send(Wire.post(HELD, "", ADD_ONE));
            Runnable answer = server.models.held.take();
            Future<Void> closed = server.plane.close();
            assertFalse(closed.isComplete());
            answer.run();
            assertEquals(200, wire.answer().status());
            assertTrue(wire.ends());
            closed.await(20, TimeUnit.SECONDS);
            assertThrows(IOException.class, () -> server.wire());
        }
    }

    private void assertStillServes() throws Exception {
        assertEquals(200, server.post(INFER, ADD_ONE).statusCode());
        server.awaitNothingHeld();
    }

    private void awaitSomethingHeld() {
        while (server.plane.bodyBytesHeld() == 0) {
            Thread.onSpinWait();
        }
    }
}
