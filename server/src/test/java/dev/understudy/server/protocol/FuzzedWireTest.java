package dev.understudy.server.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.jspecify.annotations.Nullable;

/// Damaged requests of real clients over the wire, their heads too: none is a fault of the server's, in an answer or in its
/// log, and the server goes on.
class FuzzedWireTest {
    private static final List<RealRequest> CORPUS = RealRequest.all();
    /// 501 for a Transfer-Encoding that is unknown and 503 past a bound are the client's; no other status above 499 is.
    private static final Pattern FAULT = Pattern.compile("HTTP/1\\.[01] 5(?!01|03)\\d\\d ");
    private static final int PATIENCE_MILLIS = 30_000;

    private static final LoggedFaults FAULTS = new LoggedFaults();
    private static @Nullable StartedServer started;

    @BeforeContainer
    static void start() {
        started = StartedServer.start();
        FAULTS.listen();
    }

    @AfterContainer
    static void stop() throws IOException {
        FAULTS.close();
        running().close();
    }

    private static StartedServer running() {
        StartedServer server = started;
        if (server == null) {
            throw new IllegalStateException("not started");
        }
        return server;
    }

    @Property(tries = 400, shrinking = ShrinkingMode.OFF)
    void aDamagedRequestIsAnsweredOrCutOffAndTheServerGoesOn(@ForAll long seed) throws Exception {
        Random random = new Random(seed);
        RealRequest request = CORPUS.get(random.nextInt(CORPUS.size()));
        Mutation mutation = new Mutation(random, CORPUS);
        byte[] body = random.nextInt(8) == 0 ? request.bytes() : mutation.damaged(request.bytes());
        byte[] head = head(request, body.length, random).getBytes(StandardCharsets.ISO_8859_1);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(random.nextInt(4) == 0 ? mutation.damaged(head) : head);
        bytes.writeBytes(body);
        // The next one on the same connection, which the first may swallow or spoil.
        bytes.writeBytes("GET /v2/health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
                .getBytes(StandardCharsets.US_ASCII));
        String answer = exchange(bytes.toByteArray());
        assertEquals(List.of(), FAULTS.seen(), answer);
        assertFalse(FAULT.matcher(answer).find(), () -> "a fault without a cause in the log: " + answer);
        assertEquals(200, running().server().post("/v2/models/simple/infer", ProtocolServer.SIMPLE).status());
        running().server().awaitNothingHeld();
    }

    private static String head(RealRequest request, int bodyBytes, Random random) {
        int length = bodyBytes + (random.nextInt(10) == 0 ? random.nextInt(41) - 20 : 0);
        int json = request.jsonBytes() + (random.nextInt(6) == 0 ? random.nextInt(41) - 20 : 0);
        return "POST /v2/models/" + request.model() + "/infer HTTP/1.1\r\nHost: x\r\n"
                + (random.nextInt(10) == 0 ? "Transfer-Encoding: chunked\r\n" : "Content-Length: " + length + "\r\n")
                + (random.nextInt(12) == 0 ? "Content-Encoding: gzip\r\n" : "")
                + (random.nextInt(12) == 0 ? "Accept-Encoding: deflate\r\n" : "")
                + (random.nextInt(12) == 0 ? "" : "Inference-Header-Content-Length: " + json + "\r\n") + "\r\n";
    }

    /// Sends the bytes and the end of them, and returns what the server says until it closes.
    private static String exchange(byte[] bytes) throws IOException {
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), running().server().httpPort())) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            try {
                socket.getOutputStream().write(bytes);
                socket.shutdownOutput();
                socket.getInputStream().transferTo(answer);
            } catch (SocketException cutOff) {
                // A server that closes on a request it cannot follow may do so before it has all been read.
            }
        }
        return answer.toString(StandardCharsets.ISO_8859_1);
    }
}
