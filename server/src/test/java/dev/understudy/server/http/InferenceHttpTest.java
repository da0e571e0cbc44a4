package dev.understudy.server.http;

import static dev.understudy.server.http.PlaneFixture.ADD_ONE;
import static dev.understudy.server.http.PlaneFixture.floats;
import static dev.understudy.server.http.PlaneFixture.header;
import static dev.understudy.server.http.PlaneFixture.text;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.infer.InferenceRequest;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class InferenceHttpTest {
    private static final String BINARY_INPUT = "{\"inputs\":[{\"name\":\"x\",\"shape\":[1,2],\"datatype\":\"FP32\","
            + "\"parameters\":{\"binary_data_size\":8}}]}";
    private static final String INFER = "/v2/models/add_one/infer";

    private PlaneFixture server;

    @BeforeEach
    void start() throws Exception {
        server = new PlaneFixture();
    }

    @AfterEach
    @Timeout(60)
    void stop() throws Exception {
        server.awaitNothingHeld();
        server.close();
    }

    @Test
    void aJsonRequestIsAnsweredInJson() throws Exception {
        HttpResponse<byte[]> response = server.post(INFER + "?verbose=1", ADD_ONE);
        assertEquals(200, response.statusCode());
        assertEquals("application/json", header(response, "content-type"));
        assertEquals("", header(response, "inference-header-content-length"));
        assertEquals("{\"model_name\":\"add_one\",\"model_version\":\"3\",\"id\":\"c-1\",\"outputs\":[{\"name\":\"y\","
                + "\"datatype\":\"FP32\",\"shape\":[1,2],\"data\":[2.0,3.5]}]}", text(response));
        InferenceRequest request = Objects.requireNonNull(server.models.last.get());
        assertEquals(header(response, "understudy-request-id"), request.requestId());
    }

    @Test
    void aBinaryRequestIsAnsweredAsItsOutputsWereAskedFor() throws Exception {
        String json = BINARY_INPUT.substring(0, BINARY_INPUT.length() - 1);
        HttpResponse<byte[]> inJson = server.postBinary(INFER, BINARY_INPUT, floats(4, 5));
        assertTrue(text(inJson).contains("\"data\":[5.0,6.0]"), text(inJson));
        HttpResponse<byte[]> binary = server.postBinary(INFER,
                json + ",\"outputs\":[{\"name\":\"y\",\"parameters\":{\"binary_data\":true}}]}", floats(4, 5));
        assertBinary(binary, floats(5, 6));
    }

    private static void assertBinary(HttpResponse<byte[]> response, byte[] data) {
        assertEquals(200, response.statusCode());
        assertEquals("application/octet-stream", header(response, "content-type"));
        int jsonBytes = Integer.parseInt(header(response, "inference-header-content-length"));
        byte[] body = response.body();
        assertTrue(new String(body, 0, jsonBytes, StandardCharsets.UTF_8)
                .endsWith("\"parameters\":{\"binary_data_size\":" + data.length + "}}]}"));
        assertArrayEquals(data, Arrays.copyOfRange(body, jsonBytes, body.length));
    }

    @Test
    void anAllJsonRequestMayAskForBinary() throws Exception {
        assertBinary(server.post(INFER, "{\"parameters\":{\"binary_data_output\":true}," + ADD_ONE.substring(1)),
                floats(2, 3.5f));
    }

    @Test
    void aRawBodyIsTheOnlyInputsData() throws Exception {
        assertBinary(server.postBinary(INFER, "", floats(7, 8)), floats(8, 9));
        assertEquals(400, server.postBinary(INFER, "", new byte[7]).statusCode());
        assertEquals(400, server.postBinary(INFER, "", floats(7, 8, 9, 10)).statusCode(),
                "two rows are no batch of one");
        assertEquals(404, server.postBinary("/v2/models/none/infer", "", floats(7, 8)).statusCode());
    }

    @ParameterizedTest
    @EnumSource(HttpClient.Version.class)
    void bothVersionsOfHttpGiveTheSameAnswer(HttpClient.Version version) throws Exception {
        for (int i = 0; i < 3; i++) {
            HttpResponse<byte[]> response = server.send(server.to(INFER).version(version)
                    .POST(HttpRequest.BodyPublishers.ofString(ADD_ONE)));
            assertEquals(version, response.version());
            assertTrue(text(response).contains("\"data\":[2.0,3.5]"), text(response));
        }
    }

    @ParameterizedTest
    @CsvSource({"/v2/models/broken/infer,500", "/v2/models/busy/infer,503", "/v2/models/throws/infer,500",
        "/v2/models/none/infer,404", "/v2/models/add_one/versions/9/infer,404",
        "/v2/models/add_one/versions/3/infer,200", "/v2/models/a%2Fb/infer,200", "/v2/models/%C3%A9/infer,200",
        "/v2/models/..%2f..%2fetc/infer,404", "/v2/models/%2e%2e/infer,404"})
    void everyOutcomeHasItsStatusAndARequestId(String path, int status) throws Exception {
        HttpResponse<byte[]> response = server.post(path, ADD_ONE);
        assertEquals(status, response.statusCode(), text(response));
        assertFalse(header(response, "understudy-request-id").isEmpty());
        assertEquals(status == 503, !header(response, "retry-after").isEmpty());
        assertEquals(status != 200, text(response).startsWith("{\"error\":\""), text(response));
        assertFalse(text(response).contains("secret"), text(response));
    }

    @Test
    void anUnknownModelIsRefusedInTritonsWords() throws Exception {
        assertEquals("{\"error\":\"Request for unknown model: 'none' is not found\"}",
                text(server.post("/v2/models/none/infer", ADD_ONE)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "{\"inputs\":[]}x", "null"})
    void aBodyThatIsNoRequestIs400AndTheConnectionGoesOn(String body) throws Exception {
        try (Wire wire = server.wire()) {
            Wire.Answer refused = wire.send(Wire.post(INFER, "", body)).answer();
            assertEquals(400, refused.status());
            assertTrue(refused.body().startsWith("{\"error\":\""), refused.body());
            assertEquals(200, wire.send(Wire.post(INFER, "", ADD_ONE)).answer().status());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "x", "99999999999", "4000", "1.5", "+ 1", "+81", "\u0661", "3"})
    void aHeaderLengthThatDoesNotFitIs400(String value) throws Exception {
        try (Wire wire = server.wire()) {
            String header = "Inference-Header-Content-Length: " + value + "\r\n";
            assertEquals(400, wire.send(Wire.post(INFER, header, ADD_ONE)).answer().status());
        }
    }

    @Test
    void theSegmentComesFromTheHeaderUnlessTheBodyNamesOne() throws Exception {
        server.send(
                server.to(INFER).header("understudy-segment", "eu").POST(HttpRequest.BodyPublishers.ofString(ADD_ONE)));
        assertEquals("eu", Objects.requireNonNull(server.models.last.get()).segment());
        server.send(server.to(INFER).header("understudy-segment", "eu").POST(HttpRequest.BodyPublishers
                .ofString("{\"parameters\":{\"segment\":\"us\"}," + ADD_ONE.substring(1))));
        assertEquals("us", Objects.requireNonNull(server.models.last.get()).segment());
    }

    @Test
    void anOutputThatJsonCannotHoldIs400WithAWayOut() throws Exception {
        HttpResponse<byte[]> response = server.postBinary(INFER, BINARY_INPUT, floats(Float.NaN, 1));
        assertEquals(400, response.statusCode());
        assertTrue(text(response).contains("binary_data"), text(response));
    }

    @Test
    void aLargeJsonRequestAndAnswerArriveWhole() throws Exception {
        int count = 60_000;
        StringBuilder data = new StringBuilder();
        for (int i = 0; i < count; i++) {
            data.append(i == 0 ? "" : ",").append(i % 100);
        }
        HttpResponse<byte[]> response = server.post(INFER, "{\"inputs\":[{\"name\":\"x\",\"shape\":[" + count
                + "],\"datatype\":\"FP32\",\"data\":[" + data + "]}]}");
        assertEquals(200, response.statusCode());
        assertTrue(text(response).endsWith(",99.0,100.0]}]}"));
        assertEquals(count - 1, text(response).chars().filter(c -> c == ',').count() - 5);
    }

    @Test
    void underConcurrencyEveryAnswerBelongsToItsRequest() {
        List<CompletableFuture<String>> answers = new ArrayList<>();
        Set<String> requestIds = new HashSet<>();
        for (int i = 0; i < 400; i++) {
            String body = ADD_ONE.replace("c-1", "id-" + i).replace("[1,2.5]", "[" + i + ",0]");
            answers.add(
                    server.client.sendAsync(server.to(INFER).POST(HttpRequest.BodyPublishers.ofString(body)).build(),
                            HttpResponse.BodyHandlers.ofByteArray()).thenApply(response -> {
                                synchronized (requestIds) {
                                    requestIds.add(header(response, "understudy-request-id"));
                                }
                                return text(response);
                            }));
        }
        for (int i = 0; i < answers.size(); i++) {
            String answer = answers.get(i).join();
            assertTrue(
                    answer.contains("\"id\":\"id-" + i + "\"") && answer.contains("\"data\":[" + (i + 1) + ".0,1.0]"),
                    answer);
        }
        assertEquals(400, requestIds.size());
    }
}
