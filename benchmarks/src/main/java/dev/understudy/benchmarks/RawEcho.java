package dev.understudy.benchmarks;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.NullMarked;

/// The yardstick of the data plane: a bare Vert.x HTTP server that reads a request's body and answers with as many bytes
/// as the data plane would. Thread-safe.
@NullMarked
public final class RawEcho {
    /// What one answer holds, whatever was asked.
    private final byte[] answer;

    private RawEcho(int answerBytes) {
        answer = new byte[answerBytes];
    }

    /// Serves on `port` of the loopback address, which must not be 0, with one server an event loop. Closing `vertx`
    /// ends it.
    public static Future<Void> start(Vertx vertx, int port, int eventLoops, int answerBytes) {
        RawEcho echo = new RawEcho(answerBytes);
        List<Future<HttpServer>> servers = new ArrayList<>();
        for (int i = 0; i < eventLoops; i++) {
            HttpServerOptions options = new HttpServerOptions().setHost("127.0.0.1").setPort(port)
                    .setTcpNoDelay(true).setPerMessageWebSocketCompressionSupported(false)
                    .setPerFrameWebSocketCompressionSupported(false);
            servers.add(vertx.createHttpServer(options).requestHandler(echo::handle).listen());
        }
        return Future.all(servers).mapEmpty();
    }

    private void handle(HttpServerRequest request) {
        request.body().onSuccess(_ -> request.response().end(Buffer.buffer(answer)));
    }

    /// Serves until it is killed.
    ///
    /// @param args port, event loops, bytes of an answer
    public static void main(String[] args) {
        start(Vertx.vertx(), Integer.parseInt(args[0]), Integer.parseInt(args[1]), Integer.parseInt(args[2]))
                .onSuccess(_ -> System.out.println("ready"))
                .onFailure(cause -> System.err.println("cannot listen: " + cause.getMessage()));
    }
}
