package dev.understudy.server.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import dev.understudy.server.proto.InferParameter;
import dev.understudy.server.proto.InferTensorContents;
import dev.understudy.server.proto.ModelInferRequest;
import dev.understudy.server.proto.ModelInferRequest.InferInputTensor;
import dev.understudy.server.proto.ModelInferRequest.InferRequestedOutputTensor;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPOutputStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.jspecify.annotations.Nullable;

/// Damaged messages of real clients over one real connection, their frames and headers too: each gets a status that is no
/// fault of the server's, and the connection goes on.
class FuzzedGrpcTest {
    private static final String SERVICE = "/inference.GRPCInferenceService/";
    private static final List<ModelInferRequest> CORPUS = List.of(simple(), kinds(), scalar());
    private static final List<String> OTHERS = List.of("ModelMetadata", "ModelConfig", "ModelReady", "ModelStatistics",
            "RepositoryIndex", "ServerMetadata");
    private static final List<String> TIMEOUTS = List.of("", "S", "20S", "99999999H", "-1S", "999999999S", "20s");
    private static final long[] NUMBERS = {-1, 0, 1, 127, 128, Integer.MAX_VALUE, 1L << 32, Long.MAX_VALUE,
        Long.MIN_VALUE};
    /// OK, INVALID_ARGUMENT, NOT_FOUND, RESOURCE_EXHAUSTED, UNIMPLEMENTED.
    private static final Set<String> STATUSES = Set.of("0", "3", "5", "8", "12");
    private static final int PATIENCE_SECONDS = 20;

    private static final LoggedFaults FAULTS = new LoggedFaults();
    private static final AtomicInteger CONNECTIONS = new AtomicInteger();
    private static @Nullable Fixture fixture;

    /// The server and its client.
    private record Fixture(StartedServer started, Vertx vertx, HttpClient client) {}

    /// An answer's end, and how many bytes came before it.
    private record Answer(@Nullable String status, @Nullable String message, int bytes) {}

    @BeforeContainer
    static void start() {
        Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
        HttpClientOptions options = new HttpClientOptions().setProtocolVersion(HttpVersion.HTTP_2)
                .setHttp2ClearTextUpgrade(false);
        HttpClient client = vertx.httpClientBuilder().with(options)
                .withConnectHandler(_ -> CONNECTIONS.incrementAndGet()).build();
        fixture = new Fixture(StartedServer.start(), vertx, client);
        FAULTS.listen();
    }

    @AfterContainer
    static void stop() throws IOException, TimeoutException {
        FAULTS.close();
        running().vertx().close().await(PATIENCE_SECONDS, TimeUnit.SECONDS);
        running().started().close();
    }

    private static Fixture running() {
        Fixture running = fixture;
        if (running == null) {
            throw new IllegalStateException("not started");
        }
        return running;
    }

    private static ModelInferRequest simple() {
        ByteString pair = ByteString.copyFrom(new byte[]{0, 0, -128, 63, 0, 0, 0, 64});
        return ModelInferRequest.newBuilder().setModelName("simple").setId("c-1").addInputs(input("A", "FP32", 1, 2))
                .addInputs(input("B", "FP32", 1, 2)).addRawInputContents(pair).addRawInputContents(pair)
                .putParameters("segment", InferParameter.newBuilder().setStringParam("eu").build())
                .addOutputs(InferRequestedOutputTensor.newBuilder().setName("SUM")).build();
    }

    private static ModelInferRequest scalar() {
        return ModelInferRequest.newBuilder().setModelName("scalar")
                .addInputs(
                        input("in", "FP32").setContents(InferTensorContents.newBuilder().addFp32Contents(-1.5e-3f)))
                .build();
    }

    private static ModelInferRequest kinds() {
        ModelInferRequest.Builder request = ModelInferRequest.newBuilder().setModelName("kinds");
        for (var bytes : List.of("BOOL 1", "UINT8 1", "UINT16 2", "UINT32 4", "UINT64 8", "INT8 1", "INT16 2",
                "INT32 4",
                "INT64 8", "FP16 2", "BF16 2", "FP32 4", "FP64 8", "BYTES 5")) {
            String datatype = bytes.substring(0, bytes.indexOf(' '));
            byte[] data = new byte[Integer.parseInt(bytes.substring(datatype.length() + 1))];
            data[0] = 1;
            request.addInputs(input(datatype, datatype, 1)).addRawInputContents(ByteString.copyFrom(data));
        }
        return request.build();
    }

    private static InferInputTensor.Builder input(String name, String datatype, long... shape) {
        InferInputTensor.Builder input = InferInputTensor.newBuilder().setName(name).setDatatype(datatype);
        Arrays.stream(shape).forEach(input::addShape);
        return input;
    }

    @Property(tries = 1000, shrinking = ShrinkingMode.OFF)
    void aDamagedMessageIsTheClientsFaultAndTheConnectionGoesOn(@ForAll long seed) throws Exception {
        Random random = new Random(seed);
        byte[] message = CORPUS.get(random.nextInt(CORPUS.size())).toByteArray();
        for (int left = random.nextInt(4); left > 0; left--) {
            message = damaged(message, random);
        }
        String method = switch (random.nextInt(10)) {
            case 0 -> OTHERS.get(random.nextInt(OTHERS.size()));
            case 1, 2 -> "ModelStreamInfer";
            default -> "ModelInfer";
        };
        HttpClientRequest request = begin(method);
        if (random.nextInt(10) == 0) {
            request.putHeader("grpc-timeout", TIMEOUTS.get(random.nextInt(TIMEOUTS.size())));
        }
        boolean compressed = random.nextInt(8) == 0;
        if (compressed) {
            request.putHeader("grpc-encoding", random.nextInt(4) == 0 ? "snappy" : "gzip");
        }
        Answer answer = exchange(request, framed(message, compressed, random));
        assertTrue(answer.status() != null && STATUSES.contains(answer.status()), answer.toString());
        assertEquals(List.of(), FAULTS.seen(), answer.toString());
        Answer next = exchange(begin("ModelInfer"), frame(0, simple().toByteArray()));
        assertTrue("0".equals(next.status()) && next.bytes() > 0, next.toString());
        assertEquals(1, CONNECTIONS.get());
        running().started().server().awaitNothingHeld();
    }

    private static byte[] damaged(byte[] bytes, Random random) throws IOException {
        if (bytes.length == 0) {
            return bytes;
        }
        int at = random.nextInt(bytes.length);
        int until = Math.min(bytes.length, at + 1 + random.nextInt(20));
        byte[] other = CORPUS.get(random.nextInt(CORPUS.size())).toByteArray();
        return switch (random.nextInt(7)) {
            case 0 -> spliced(bytes, at, at + 1, new byte[]{(byte) random.nextInt(256)});
            case 1 -> spliced(bytes, at, at + 1, new byte[]{(byte) (bytes[at] ^ (1 << random.nextInt(8)))});
            case 2 -> Arrays.copyOf(bytes, at);
            case 3 -> spliced(bytes, at, at, Arrays.copyOfRange(bytes, at, until));
            case 4 -> spliced(bytes, at, until, new byte[0]);
            case 5 -> spliced(bytes, at, at + random.nextInt(2), number(random));
            default -> spliced(bytes, at, at, Arrays.copyOfRange(other, random.nextInt(other.length), other.length));
        };
    }

    private static byte[] number(Random random) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        out.writeUInt64NoTag(NUMBERS[random.nextInt(NUMBERS.length)]);
        out.flush();
        return bytes.toByteArray();
    }

    private static byte[] spliced(byte[] bytes, int from, int to, byte[] middle) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length + middle.length);
        out.write(bytes, 0, from);
        out.writeBytes(middle);
        out.write(bytes, to, bytes.length - to);
        return out.toByteArray();
    }

    private static Buffer framed(byte[] message, boolean compressed, Random random) throws IOException {
        byte[] content = message;
        if (compressed && random.nextInt(3) > 0) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
                out.write(message);
            }
            content = random.nextInt(3) > 0 ? bytes.toByteArray() : damaged(bytes.toByteArray(), random);
        }
        Buffer frame = frame(compressed ? 1 : 0, content);
        return switch (random.nextInt(16)) {
            case 0 -> frame.setInt(1, content.length + random.nextInt(41) - 20);
            case 1 -> frame.setInt(1, random.nextInt());
            case 2 -> frame.setByte(0, (byte) random.nextInt(256));
            case 3 -> frame.slice(0, random.nextInt(frame.length()));
            case 4 -> frame.copy().appendBuffer(frame);
            default -> frame;
        };
    }

    private static Buffer frame(int flag, byte[] message) {
        return Buffer.buffer().appendByte((byte) flag).appendInt(message.length).appendBytes(message);
    }

    private static HttpClientRequest begin(String method) throws TimeoutException {
        return running().client()
                .request(HttpMethod.POST, running().started().server().grpcPort(), "127.0.0.1", SERVICE + method)
                .await(PATIENCE_SECONDS, TimeUnit.SECONDS).putHeader("content-type", "application/grpc")
                .putHeader("te", "trailers");
    }

    private static Answer exchange(HttpClientRequest request, Buffer body) throws TimeoutException {
        // Reading is arranged before anything is sent: an answer that came in between would never be read.
        io.vertx.core.Future<Answer> answer = request.response().compose(FuzzedGrpcTest::read);
        request.end(body);
        return answer.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    private static io.vertx.core.Future<Answer> read(HttpClientResponse response) {
        return response.body().map(body -> new Answer(either(response, "grpc-status"),
                either(response, "grpc-message"), body.length()));
    }

    private static @Nullable String either(HttpClientResponse response, String name) {
        String header = response.getHeader(name);
        return header == null ? response.getTrailer(name) : header;
    }
}
