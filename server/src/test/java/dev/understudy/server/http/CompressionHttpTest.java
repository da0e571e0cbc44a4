package dev.understudy.server.http;

import static dev.understudy.server.http.PlaneFixture.ADD_ONE;
import static dev.understudy.server.http.PlaneFixture.REQUEST_BYTES_MAX;
import static dev.understudy.server.http.PlaneFixture.floats;
import static dev.understudy.server.http.PlaneFixture.header;
import static dev.understudy.server.http.PlaneFixture.text;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.InflaterInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CompressionHttpTest {
    private static final String INFER = "/v2/models/add_one/infer";

    private PlaneFixture server;

    @BeforeAll
    void start() throws Exception {
        server = new PlaneFixture();
    }

    @AfterEach
    void nothingIsHeld() throws Exception {
        server.awaitNothingHeld();
    }

    @AfterAll
    void stop() throws Exception {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "deflate", "x-gzip", "identity"})
    void aCompressedBodyIsUnderstood(String coding) throws Exception {
        HttpResponse<byte[]> response = compressed(coding,
                compress(coding, ADD_ONE.getBytes(StandardCharsets.UTF_8)));
        assertTrue(text(response).contains("[2.0,3.5]"), text(response));
    }

    @Test
    void aBodyMayBeSeveralGzipMembersOneBehindAnother() throws Exception {
        byte[] plain = ADD_ONE.getBytes(StandardCharsets.UTF_8);
        byte[] first = compress("gzip", Arrays.copyOf(plain, 20));
        byte[] members = joined(joined(first, compress("gzip", new byte[0])),
                compress("gzip", Arrays.copyOfRange(plain, 20, plain.length)));
        assertTrue(text(compressed("gzip", members)).contains("[2.0,3.5]"));
        byte[] half = compress("gzip", new byte[REQUEST_BYTES_MAX / 2 + 1]);
        assertEquals(413, compressed("gzip", joined(half, half)).statusCode(), "the bound is for all together");
    }

    @ParameterizedTest
    @CsvSource({"gzip,1", "gzip,200000", "deflate,1", "deflate,200000"})
    void bytesBehindACompressedBodyAreRefused(String coding, int behind) throws Exception {
        HttpResponse<byte[]> response = compressed(coding,
                joined(compress(coding, ADD_ONE.getBytes(StandardCharsets.UTF_8)), new byte[behind]));
        assertEquals(400, response.statusCode(), text(response));
        assertTrue(text(response).contains("is not valid " + coding), text(response));
    }

    private static byte[] joined(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    @Test
    void aCompressedBodyIsBoundedByItsInflatedSize() throws Exception {
        byte[] bomb = compress("gzip", new byte[REQUEST_BYTES_MAX + 1]);
        assertEquals(413, compressed("gzip", bomb).statusCode());
        server.awaitNothingHeld();
        assertEquals(400, compressed("gzip", new byte[]{1, 2, 3}).statusCode());
        assertEquals(400, compressed("deflate", compress("gzip", new byte[9])).statusCode());
        assertEquals(415, compressed("br", new byte[]{1}).statusCode());
        server.awaitNothingHeld();
    }

    private HttpResponse<byte[]> compressed(String coding, byte[] body) throws Exception {
        return server.send(server.to(INFER).header("Content-Encoding", coding)
                .POST(HttpRequest.BodyPublishers.ofByteArray(body)));
    }

    private static byte[] compress(String coding, byte[] plain) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream stream = switch (coding) {
            case "gzip", "x-gzip" -> new GZIPOutputStream(out);
            case "deflate" -> new DeflaterOutputStream(out);
            default -> out;
        }) {
            stream.write(plain);
        }
        return out.toByteArray();
    }

    private static byte[] inflate(String coding, byte[] body) throws IOException {
        ByteArrayInputStream in = new ByteArrayInputStream(body);
        try (InputStream stream = switch (coding) {
            case "gzip" -> new GZIPInputStream(in);
            case "deflate" -> new InflaterInputStream(in);
            default -> in;
        }) {
            return stream.readAllBytes();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"gzip|gzip", "deflate|deflate", "GZIP;q=0.5, deflate;q=0.4|gzip",
        "br, zstd, deflate|deflate", "*|gzip", "gzip;q=0, *;q=0.1|deflate", "identity|''", "br|''", "gzip;q=0|''",
        "gzip;q=0.2, identity;q=0.9|''", "gzip;level=9|''", "gzip;q=x|''", ";;,,q|''"})
    void anAnswerHasTheCodingItsClientLikesBest(String accepted, String coding) throws Exception {
        HttpResponse<byte[]> response = server.send(server.to(INFER).header("Accept-Encoding", accepted)
                .POST(HttpRequest.BodyPublishers.ofString(ADD_ONE)));
        assertEquals(200, response.statusCode());
        assertEquals(coding, header(response, "content-encoding"));
        assertEquals(Integer.toString(response.body().length), header(response, "content-length"));
        String plain = new String(inflate(coding, response.body()), StandardCharsets.UTF_8);
        assertTrue(plain.endsWith("\"data\":[2.0,3.5]}]}"), plain);
    }

    @Test
    void theHeadersLengthOfACompressedBinaryAnswerIsThatOfItsPlainJson() throws Exception {
        HttpResponse<byte[]> response = server.send(server.to(INFER).header("Accept-Encoding", "gzip").POST(
                HttpRequest.BodyPublishers
                        .ofString("{\"parameters\":{\"binary_data_output\":true}," + ADD_ONE.substring(1))));
        byte[] plain = inflate("gzip", response.body());
        int jsonBytes = Integer.parseInt(header(response, "inference-header-content-length"));
        assertEquals('}', plain[jsonBytes - 1]);
        assertArrayEquals(floats(2, 3.5f), Arrays.copyOfRange(plain, jsonBytes, plain.length));
    }

    @Test
    void errorsAreNotCompressed() throws Exception {
        HttpResponse<byte[]> response = server.send(server.to(INFER).header("Accept-Encoding", "gzip")
                .POST(HttpRequest.BodyPublishers.ofString("{")));
        assertEquals(400, response.statusCode());
        assertTrue(text(response).startsWith("{\"error\":\""), text(response));
    }
}
