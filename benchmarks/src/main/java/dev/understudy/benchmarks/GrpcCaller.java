package dev.understudy.benchmarks;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import java.nio.ByteBuffer;

/// A gRPC client of a server of this machine. Thread-safe.
final class GrpcCaller implements AutoCloseable {
    private final Vertx vertx;
    private final HttpClient client;
    private final int port;

    /// An answer: the call's status, and its frame, empty where it failed.
    record Answer(String status, ByteBuffer frame) {}

    private GrpcCaller(Vertx vertx, int port, HttpClientOptions options, int connections) {
        this.vertx = vertx;
        this.port = port;
        client = vertx.createHttpClient(
                options.setProtocolVersion(HttpVersion.HTTP_2).setHttp2ClearTextUpgrade(false).setTcpNoDelay(true),
                new PoolOptions().setHttp2MaxSize(connections).setMaxWaitQueueSize(-1));
    }

    /// A caller whose calls share one connection.
    static GrpcCaller onOneConnection(Vertx vertx, int port) {
        return new GrpcCaller(vertx, port, new HttpClientOptions(), 1);
    }

    /// A caller whose calls have a connection each, as far as there are so many.
    static GrpcCaller onSeparateConnections(Vertx vertx, int port, int connections) {
        return new GrpcCaller(vertx, port, new HttpClientOptions().setHttp2MultiplexingLimit(1), connections);
    }

    /// Begins an inference. The future fails only when the connection does.
    Future<Answer> call(ByteBuffer frame) {
        return client.request(HttpMethod.POST, port, "127.0.0.1", GrpcExample.PATH).compose(request -> {
            // Reading is arranged before anything is sent: an answer that came in between would never be read.
            Future<Answer> answer = request.response().compose(GrpcCaller::read);
            send(request, frame);
            return answer;
        });
    }

    private static void send(HttpClientRequest request, ByteBuffer frame) {
        byte[] bytes = new byte[frame.remaining()];
        frame.get(frame.position(), bytes);
        request.putHeader("content-type", "application/grpc").putHeader("te", "trailers").end(Buffer.buffer(bytes));
    }

    private static Future<Answer> read(HttpClientResponse response) {
        return response.body().map(body -> {
            String status = response.getHeader("grpc-status");
            return new Answer(status == null ? String.valueOf(response.getTrailer("grpc-status")) : status,
                    ByteBuffer.wrap(body.getBytes()));
        });
    }

    @Override
    public void close() {
        client.close().await();
        vertx.close().await();
    }
}
