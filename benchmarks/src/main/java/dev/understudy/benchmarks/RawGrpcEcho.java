package dev.understudy.benchmarks;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.grpc.server.GrpcServer;
import io.vertx.grpc.server.GrpcServerRequest;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.NullMarked;

/// The yardstick of the gRPC data plane: Vert.x's own gRPC server, which reads a message and answers with as many bytes as
/// the data plane would. It parses none of them. Thread-safe.
@NullMarked
public final class RawGrpcEcho {
    /// What one answer holds, whatever was asked.
    private final byte[] answer;

    private RawGrpcEcho(int answerBytes) {
        answer = new byte[answerBytes];
    }

    private void handle(GrpcServerRequest<Buffer, Buffer> request) {
        request.handler(_ -> request.response().end(Buffer.buffer(answer)));
    }

    /// Serves until it is killed, with one server an event loop.
    ///
    /// @param args port, event loops, bytes of an answer's message
    public static void main(String[] args) {
        RawGrpcEcho echo = new RawGrpcEcho(Integer.parseInt(args[2]));
        Vertx vertx = Vertx.vertx();
        List<Future<HttpServer>> servers = new ArrayList<>();
        for (int i = Integer.parseInt(args[1]); i > 0; i--) {
            HttpServerOptions options = new HttpServerOptions().setHost("127.0.0.1")
                    .setPort(Integer.parseInt(args[0])).setTcpNoDelay(true);
            servers.add(vertx.createHttpServer(options)
                    .requestHandler(GrpcServer.server(vertx).callHandler(echo::handle)).listen());
        }
        Future.all(servers).onSuccess(_ -> System.out.println("ready"))
                .onFailure(cause -> System.err.println("cannot listen: " + cause.getMessage()));
    }
}
