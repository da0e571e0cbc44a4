package dev.understudy.server.grpc;

import com.google.protobuf.ByteString;
import dev.understudy.server.codec.GrpcBodies;
import dev.understudy.server.plane.DataPlaneOptions;
import dev.understudy.server.plane.Intake;
import dev.understudy.server.plane.TestModels;
import dev.understudy.server.proto.ModelInferRequest;
import dev.understudy.server.proto.ModelInferResponse;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.Tensor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.function.Executable;

/// A gRPC plane over [TestModels] on a free port, with a client of gRPC and one that sends any bytes. Thread-safe once
/// built.
final class GrpcFixture implements AutoCloseable {
    static final int REQUEST_BYTES_MAX = 300_000;
    /// Two of the largest messages and their pieces' overhead, but not three.
    static final long BODY_BYTES_MAX = 800_000;
    static final Tensor PAIR = Tensor.ofFloats("x", Shape.of(1, 2), 1, 2.5f);

    final Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
    final TestModels models = new TestModels();
    final Intake intake = new Intake(models, BODY_BYTES_MAX);
    final GrpcDataPlane plane;
    final GrpcClient client;
    private final HttpClient http;

    /// An answer as it came.
    record Answer(int httpStatus, Map<String, String> trailers, Buffer body) {}

    GrpcFixture() throws Exception {
        plane = GrpcDataPlane.start(vertx, intake, new DataPlaneOptions("127.0.0.1", 0, 2, REQUEST_BYTES_MAX,
                BODY_BYTES_MAX, Duration.ofMinutes(1), Duration.ofSeconds(20))).await(20, TimeUnit.SECONDS);
        client = new GrpcClient(plane.port());
        http = vertx.createHttpClient(new HttpClientOptions().setProtocolVersion(HttpVersion.HTTP_2)
                .setHttp2ClearTextUpgrade(false));
    }

    static ModelInferRequest pair(String model) {
        return GrpcBodies.raw(model, List.of(PAIR));
    }

    /// Raw FP32 contents.
    static ByteString floats(float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            bytes.putFloat(value);
        }
        return ByteString.copyFrom(bytes.flip());
    }

    ModelInferResponse infer(ModelInferRequest request) {
        return client.call("ModelInfer", request, ModelInferResponse.getDefaultInstance());
    }

    static Buffer frame(byte[] message) {
        return Buffer.buffer().appendByte((byte) 0).appendInt(message.length).appendBytes(message);
    }

    /// Begins a call without sending anything of its body.
    HttpClientRequest begin(String path) throws TimeoutException {
        HttpClientRequest request = http.request(HttpMethod.POST, plane.port(), "127.0.0.1", path).await(20,
                TimeUnit.SECONDS);
        request.putHeader("content-type", "application/grpc").putHeader("te", "trailers");
        return request;
    }

    HttpClientRequest beginInfer() throws TimeoutException {
        return begin("/" + Services.INFERENCE + "/ModelInfer");
    }

    /// Sends a whole body and reads the answer.
    Answer exchange(HttpClientRequest request, Buffer body) throws TimeoutException {
        // Reading is arranged before anything is sent: an answer that came in between would never be read.
        io.vertx.core.Future<Answer> answer = request.response().compose(GrpcFixture::read);
        request.end(body);
        return answer.await(20, TimeUnit.SECONDS);
    }

    static io.vertx.core.Future<Answer> read(HttpClientResponse response) {
        return response.body().map(body -> {
            Map<String, String> trailers = new java.util.HashMap<>();
            response.headers().forEach(trailers::put);
            response.trailers().forEach(trailers::put);
            return new Answer(response.statusCode(), trailers, body);
        });
    }

    /// The sentence of a refusal with `code`.
    static String refusal(Status.Code code, Executable call) {
        StatusRuntimeException refused = Assertions.assertThrows(StatusRuntimeException.class, call);
        String sentence = String.valueOf(refused.getStatus().getDescription());
        Assertions.assertEquals(code, refused.getStatus().getCode(), sentence);
        Assertions.assertFalse(sentence.isBlank() || sentence.contains("Exception"), sentence);
        return sentence;
    }

    /// Waits until no bytes are held: an answer may reach the client before the server has heard that it is written.
    void awaitNothingHeld() {
        long giveUpNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (intake.budget().held() != 0) {
            Assertions.assertTrue(System.nanoTime() < giveUpNanos, intake.budget().held() + " bytes are still held");
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }

    @Override
    public void close() throws TimeoutException {
        client.close();
        http.close().await(20, TimeUnit.SECONDS);
        plane.close().await(30, TimeUnit.SECONDS);
        vertx.close().await(30, TimeUnit.SECONDS);
        models.close();
    }
}
