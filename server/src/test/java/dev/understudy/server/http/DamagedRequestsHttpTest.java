package dev.understudy.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.jspecify.annotations.Nullable;

class DamagedRequestsHttpTest {
    private static final String JSON = "{\"id\":\"a\",\"inputs\":[{\"name\":\"x\",\"shape\":[1,2],\"datatype\":\"FP32\","
            + "\"data\":[[1,2.5]]},{\"name\":\"z\",\"shape\":[2],\"datatype\":\"BYTES\",\"parameters\":"
            + "{\"binary_data_size\":11}}],\"outputs\":[{\"name\":\"x\",\"parameters\":{\"binary_data\":false}}]}";
    private static final String BINARY = "\1\0\0\0a\2\0\0\0bc";

    private static @Nullable PlaneFixture server;

    @BeforeContainer
    static void start() throws Exception {
        server = new PlaneFixture();
    }

    @AfterContainer
    static void stop() throws Exception {
        started().close();
    }

    private static PlaneFixture started() {
        PlaneFixture running = server;
        if (running == null) {
            throw new IllegalStateException("not started");
        }
        return running;
    }

    @Property(tries = 500)
    void aDamagedRequestIsTheClientsFaultAndTheServerGoesOn(@ForAll long seed) throws Exception {
        Random random = new Random(seed);
        byte[] body = (JSON + BINARY).getBytes(StandardCharsets.ISO_8859_1);
        for (int i = random.nextInt(4); i > 0; i--) {
            body[random.nextInt(body.length)] = (byte) random.nextInt(256);
        }
        int length = JSON.length() + (random.nextInt(4) == 0 ? random.nextInt(5) - 2 : 0);
        HttpResponse<byte[]> response = started().send(started().to("/v2/models/echo/infer")
                .header("Inference-Header-Content-Length", Integer.toString(length))
                .POST(HttpRequest.BodyPublishers.ofByteArray(body)));
        String text = PlaneFixture.text(response);
        assertTrue(response.statusCode() == 200 || response.statusCode() == 400, text);
        assertEquals(response.statusCode() != 200, text.startsWith("{\"error\":\""), text);
        started().awaitNothingHeld();
    }
}
