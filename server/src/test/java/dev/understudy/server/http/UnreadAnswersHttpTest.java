package dev.understudy.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.server.plane.DataPlaneOptions;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Clients that ask for large answers and do not read them.
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class UnreadAnswersHttpTest {
    private static final String ECHO = "/v2/models/echo/infer";
    /// As a request half as large as its answer, which has a point and a zero for every number.
    private static final int NUMBERS = 70_000;

    @Test
    void answersThatAreNotReadFillTheBudgetUntilTheyAreOrTheClientIsGone() throws Exception {
        try (PlaneFixture server = new PlaneFixture()) {
            HttpClient client = server.vertx.createHttpClient(new HttpClientOptions()
                    .setProtocolVersion(HttpVersion.HTTP_2).setHttp2ClearTextUpgrade(false)
                    .setHttp2MultiplexingLimit(100).setHttp2ConnectionWindowSize(1 << 24));
            List<HttpClientResponse> unread = fill(server, client);
            unread.forEach(HttpClientResponse::resume);
            server.awaitNothingHeld();
            fill(server, client);
            client.close().await(20, TimeUnit.SECONDS);
            server.awaitNothingHeld();
        }
    }

    /// Asks until the server refuses, and returns what it answered until then.
    private static List<HttpClientResponse> fill(PlaneFixture server, HttpClient client) throws Exception {
        String numbers = "1,".repeat(NUMBERS - 1) + "1";
        Buffer body = Buffer.buffer("{\"inputs\":[{\"name\":\"x\",\"shape\":[1," + NUMBERS
                + "],\"datatype\":\"FP32\",\"data\":[" + numbers + "]}]}");
        List<HttpClientResponse> unread = new ArrayList<>();
        HttpClientResponse response = ask(server, client, body);
        while (response.statusCode() == 200) {
            unread.add(response);
            assertTrue(unread.size() < 10, "nothing is counted");
            response = ask(server, client, body);
        }
        assertEquals(503, response.statusCode());
        Future<Buffer> error = response.body();
        response.resume();
        String text = error.await(20, TimeUnit.SECONDS).toString();
        assertTrue(text.contains("holds as many answer bytes as it may"), text);
        assertEquals(2, unread.size());
        assertTrue(server.plane.bodyBytesHeld() >= unread.size() * 4L * NUMBERS);
        return unread;
    }

    private static HttpClientResponse ask(PlaneFixture server, HttpClient client, Buffer body) throws Exception {
        return client.request(HttpMethod.POST, server.plane.port(), "127.0.0.1", ECHO)
                .compose(request -> request.send(body)).map(response -> {
                    // Heard, so that the client library does not log what the test intends.
                    response.pause().exceptionHandler(_ -> {});
                    return response;
                }).await(20, TimeUnit.SECONDS);
    }

    @Test
    void anAnswerThatAnHttp1ClientDoesNotReadIsLetGoWithItsConnection() throws Exception {
        // More than the buffers of both ends of a connection take.
        int bytes = 24 << 20;
        DataPlaneOptions wide = new DataPlaneOptions("127.0.0.1", 0, 1, 2L * bytes, 4L * bytes,
                Duration.ofMinutes(1), Duration.ofSeconds(20));
        byte[] head = ("{\"inputs\":[{\"name\":\"x\",\"shape\":[1," + bytes
                + "],\"datatype\":\"UINT8\",\"parameters\":{\"binary_data_size\":" + bytes
                + "}}],\"parameters\":{\"binary_data_output\":true}}").getBytes(StandardCharsets.UTF_8);
        try (PlaneFixture server = new PlaneFixture(wide)) {
            try (Wire wire = server.wire()) {
                wire.send("POST " + ECHO + " HTTP/1.1\r\nHost: x\r\nContent-Length: " + (head.length + bytes)
                        + "\r\nInference-Header-Content-Length: " + head.length + "\r\n\r\n");
                wire.send(head).send(new byte[bytes]);
                assertEquals(200, wire.status());
                assertTrue(server.plane.bodyBytesHeld() >= bytes);
            }
            server.awaitNothingHeld();
        }
    }
}
