package dev.understudy.server.management;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class MalformedCallsTest {
    private final StageView view = new StageView();
    private ManagementServer server;

    @BeforeAll
    void start() throws Exception {
        server = ManagementServer.start(view, ManagementConfig.of("127.0.0.1", 0, null));
    }

    @AfterEach
    void nothingIsTheServersFault() {
        assertEquals(List.of(), view.faults);
    }

    @AfterAll
    void stop() {
        server.close();
    }

    /// The whole of what the server says until it closes the connection.
    private String answer(String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    private static void assertError(int status, String answer) throws IOException {
        assertEquals(Integer.toString(status), answer.substring("HTTP/1.x ".length(), "HTTP/1.x 400".length()), answer);
        assertTrue(answer.toLowerCase(Locale.ROOT).contains("content-type: application/json"), answer);
        String body = answer.substring(answer.indexOf("\r\n\r\n") + 4);
        assertTrue(Caller.JSON.readTree(body).path("error").isTextual(), body);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/models/%zz", "/models/%", "/models/a%4/sampling", "/%2", "/health?x=%zz", "/models?x=%",
        "/models/digits/challengers/2/comparisons?segment=%u00e9", "/nothing%"})
    void aBrokenEscapeIs400(String target) throws Exception {
        assertError(400, answer("GET " + target + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));
    }

    @ParameterizedTest
    @CsvSource({"400,NONSENSE", "400,GET /models", "400,GET /models HTTP/9.x", "400,GET  HTTP/1.1 x y"})
    void whatIsNoHttpIs400WithAnErrorObject(int status, String line) throws Exception {
        assertError(status, answer(line + "\r\nHost: localhost\r\n\r\n"));
    }

    @ParameterizedTest
    @ValueSource(ints = {414, 431})
    void whatIsTooLongIsRefusedWithAnErrorObject(int status) throws Exception {
        String many = "a".repeat(9000);
        assertError(status, answer(status == 414
                ? "GET /" + many + " HTTP/1.1\r\n\r\n"
                : "GET / HTTP/1.1\r\nA: " + many + "\r\n\r\n"));
    }
}
