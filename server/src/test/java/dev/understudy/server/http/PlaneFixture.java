package dev.understudy.server.http;

import dev.understudy.server.plane.DataPlaneOptions;
import dev.understudy.server.plane.Intake;
import dev.understudy.server.plane.TestModels;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// A data plane over [TestModels] on a free port, with a client. Thread-safe once built.
final class PlaneFixture implements AutoCloseable {
    static final int REQUEST_BYTES_MAX = 300_000;
    /// Two of the largest bodies and their pieces' overhead, but not three.
    static final long BODY_BYTES_MAX = 800_000;
    static final DataPlaneOptions OPTIONS = new DataPlaneOptions("127.0.0.1", 0, 2, REQUEST_BYTES_MAX,
            BODY_BYTES_MAX, Duration.ofMinutes(1), Duration.ofSeconds(20));
    static final String ADD_ONE = "{\"id\":\"c-1\",\"inputs\":[{\"name\":\"x\",\"shape\":[1,2],\"datatype\":\"FP32\","
            + "\"data\":[1,2.5]}]}";

    final Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
    final TestModels models = new TestModels();
    final HttpDataPlane plane;
    final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    PlaneFixture() throws Exception {
        this(OPTIONS);
    }

    PlaneFixture(DataPlaneOptions options) throws Exception {
        plane = HttpDataPlane.start(vertx, new Intake(models, options.bodyBytesMax()), options).await(20,
                TimeUnit.SECONDS);
    }

    HttpRequest.Builder to(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + plane.port() + path))
                .timeout(Duration.ofSeconds(30));
    }

    HttpResponse<byte[]> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    HttpResponse<byte[]> get(String path) throws IOException, InterruptedException {
        return send(to(path));
    }

    HttpResponse<byte[]> post(String path, String json) throws IOException, InterruptedException {
        return send(to(path).POST(HttpRequest.BodyPublishers.ofString(json)));
    }

    HttpResponse<byte[]> postBinary(String path, String json, byte[] data) throws IOException, InterruptedException {
        byte[] head = json.getBytes(StandardCharsets.UTF_8);
        byte[] body = new byte[head.length + data.length];
        System.arraycopy(head, 0, body, 0, head.length);
        System.arraycopy(data, 0, body, head.length, data.length);
        return send(
                to(path).POST(HttpRequest.BodyPublishers.ofByteArray(body)).header("Inference-Header-Content-Length",
                        Integer.toString(head.length)));
    }

    /// Waits until no bytes are held: an answer may reach the client before the server has heard that it is written, and
    /// the server notices a client that is gone at its own time.
    void awaitNothingHeld() throws InterruptedException {
        while (plane.bodyBytesHeld() != 0) {
            if (Thread.interrupted()) {
                throw new InterruptedException(plane.bodyBytesHeld() + " bytes are still held");
            }
            Thread.onSpinWait();
        }
    }

    Wire wire() throws IOException {
        return new Wire(plane.port());
    }

    static String text(HttpResponse<byte[]> response) {
        return new String(response.body(), StandardCharsets.UTF_8);
    }

    static String header(HttpResponse<?> response, String name) {
        return response.headers().firstValue(name).orElse("");
    }

    static byte[] floats(float... values) {
        ByteBuffer buffer = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            buffer.putFloat(value);
        }
        return buffer.array();
    }

    @Override
    public void close() throws TimeoutException {
        client.shutdownNow();
        plane.close().await(30, TimeUnit.SECONDS);
        vertx.close().await(30, TimeUnit.SECONDS);
        models.close();
    }
}
