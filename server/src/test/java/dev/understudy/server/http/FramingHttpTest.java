package dev.understudy.server.http;

import static dev.understudy.server.http.PlaneFixture.ADD_ONE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Requests whose body has no end that can be told, and clients that send ahead.
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FramingHttpTest {
    private static final String INFER = "/v2/models/add_one/infer";

    private PlaneFixture server;

    @BeforeAll
    void start() throws Exception {
        server = new PlaneFixture();
    }

    @AfterEach
    void theServerGoesOn() throws Exception {
        assertEquals(200, server.post(INFER, ADD_ONE).statusCode());
        server.awaitNothingHeld();
    }

    @AfterAll
    void stop() throws Exception {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"zz\r\n", "-1\r\n", "ffffffffffffffff\r\n", "1\r\n{\r\nq\r\n"})
    void aChunkThatIsNoneIs400(String chunk) throws Exception {
        try (Wire wire = server.wire()) {
            wire.send("POST " + INFER + " HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk);
            Wire.Answer answer = wire.answer();
            assertEquals(400, answer.status());
            assertTrue(answer.body().startsWith("{\"error\":\""), answer.body());
            assertEquals("close", answer.headers().get("connection"));
            assertTrue(wire.ends());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "gzip, chunked", "identity", "x"})
    void aTransferEncodingOtherThanChunkedIs501(String coding) throws Exception {
        try (Wire wire = server.wire()) {
            wire.send("POST " + INFER + " HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: " + coding + "\r\n\r\n");
            Wire.Answer answer = wire.answer();
            assertEquals(501, answer.status());
            assertTrue(answer.body().contains("Content-Encoding"), answer.body());
        }
    }

    /// The answers would fill the heap; held back, the client's requests stay in its own buffers.
    @Test
    void aClientThatSendsAheadAndReadsNothingIsHeldBack() throws Exception {
        byte[] many = Wire.get("/v2").repeat(1000).getBytes(StandardCharsets.US_ASCII);
        long sentMax = 64L << 20;
        try (SocketChannel channel = SocketChannel
                .open(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.plane.port()))) {
            channel.configureBlocking(false);
            ByteBuffer ahead = ByteBuffer.wrap(many);
            long sent = 0;
            int refused = 0;
            while (refused < 50) {
                int count = channel.write(ahead);
                sent += count;
                assertTrue(sent < sentMax, "nothing holds the client back");
                if (!ahead.hasRemaining()) {
                    ahead.clear();
                }
                refused = count > 0 ? 0 : refused + 1;
                TimeUnit.MILLISECONDS.sleep(count > 0 ? 0 : 10);
            }
            channel.configureBlocking(true);
            // What it did send is answered once it reads.
            ByteBuffer some = ByteBuffer.allocate(1 << 20);
            for (long read = 0; read < sent;) {
                some.clear();
                int count = channel.read(some);
                assertTrue(count > 0);
                read += count;
            }
        }
    }
}
