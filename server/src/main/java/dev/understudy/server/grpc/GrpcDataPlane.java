package dev.understudy.server.grpc;

import dev.understudy.server.plane.DataPlaneOptions;
import dev.understudy.server.plane.Intake;
import dev.understudy.server.plane.ListenException;
import dev.understudy.server.plane.ListeningSocket;
import io.netty.handler.flush.FlushConsolidationHandler;
import io.vertx.core.Context;
import io.vertx.core.Deployable;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.impl.HttpServerConnection;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// The Open Inference Protocol's gRPC form over HTTP/2 in clear text, on one port, with gRPC's health and reflection
/// services beside it. Thread-safe.
///
/// gRPC's framing is done here, on Vert.x's HTTP/2. Vert.x's own gRPC server keeps messages that are still coming in
/// without counting them, inflates without bound, and leaves calls unanswered whose compression it does not know.
public final class GrpcDataPlane {
    /// HTTP/2 flow control: large enough that a tensor does not wait for the client's round trips.
    private static final int STREAM_WINDOW_BYTES = 1 << 20;
    private static final int CONNECTION_WINDOW_BYTES = 1 << 24;
    /// Large tensors come in fewer pieces than with HTTP/2's least, 16 KiB.
    private static final int PIECE_BYTES_MAX = 256 * 1024;
    private static final int STREAMS_MAX = 1024;
    /// An answer is three frames, each written and flushed for itself; so many flushes wait for each other.
    private static final int FLUSHES_MAX = 256;

    private final Vertx vertx;
    private final String deployment;
    private final int port;
    private final ListeningSocket socket;
    private @Nullable Future<Void> closed;

    private GrpcDataPlane(Vertx vertx, String deployment, int port, ListeningSocket socket) {
        this.vertx = vertx;
        this.deployment = deployment;
        this.port = port;
        this.socket = socket;
    }

    /// Begins to serve. The future fails with a [ListenException] when the address cannot be bound.
    public static Future<GrpcDataPlane> start(Vertx vertx, Intake intake, DataPlaneOptions options) {
        AtomicInteger port = new AtomicInteger();
        ListeningSocket socket = new ListeningSocket();
        return vertx
                .deployVerticle(() -> new Listener(intake, options, port, socket),
                        new DeploymentOptions().setInstances(options.eventLoops()))
                .map(deployment -> new GrpcDataPlane(vertx, deployment, port.get(), socket))
                .recover(cause -> Future.failedFuture(ListenException.explain(cause, options)));
    }

    /// The TCP port it listens on.
    public int port() {
        return port;
    }

    /// Stops to accept, then lets answers under way finish, as long as the options allow. Closing again changes nothing.
    public synchronized Future<Void> close() {
        Future<Void> begun = closed;
        if (begun == null) {
            begun = socket.close().compose(_ -> vertx.undeploy(deployment));
            closed = begun;
        }
        return begun;
    }

    /// One event loop's share of the port. Owned by that event loop.
    private static final class Listener implements Deployable {
        private final Intake intake;
        private final DataPlaneOptions options;
        private final AtomicInteger port;
        private final ListeningSocket socket;
        private final Services services;
        private @Nullable HttpServer server;

        Listener(Intake intake, DataPlaneOptions options, AtomicInteger port, ListeningSocket socket) {
            this.intake = intake;
            this.options = options;
            this.port = port;
            this.socket = socket;
            services = new Services(intake, options.requestBytesMax());
        }

        @Override
        public Future<?> deploy(Context context) {
            HttpServer listening = context.owner().createHttpServer(http())
                    .connectionHandler(this::opened)
                    .requestHandler(new Dispatcher(intake.requestIds(), services)).exceptionHandler(intake.faults());
            server = listening;
            return listening.listen().onSuccess(bound -> port.set(bound.actualPort()));
        }

        private void opened(HttpConnection connection) {
            socket.accepted(connection);
            flushTogether(connection);
        }

        /// Has the answers that are ready at once leave a connection in one system call. Inside a read the network library
        /// does so by itself; answers come from the champion's thread, outside any. Last in the line, so that a flush which
        /// waits has not yet been through HTTP/2's flow control, where each costs as much as all of them together.
        private static void flushTogether(HttpConnection connection) {
            if (connection instanceof HttpServerConnection answering) {
                answering.channelHandlerContext().pipeline()
                        .addLast(new FlushConsolidationHandler(FLUSHES_MAX, true));
            }
        }

        @Override
        public Future<?> undeploy(Context context) {
            services.stop();
            HttpServer listening = server;
            return listening == null
                    ? Future.succeededFuture()
                    : listening.shutdown(options.drainMax().toMillis(), TimeUnit.MILLISECONDS);
        }

        private HttpServerOptions http() {
            HttpServerOptions http = new HttpServerOptions().setHost(options.host());
            // A negative port is a free one that all event loops of the deployment share; -1 is the HTTP plane's.
            http.setPort(options.port() == 0 ? -2 : options.port());
            http.setIdleTimeout((int) options.idleMax().toMillis()).setIdleTimeoutUnit(TimeUnit.MILLISECONDS);
            http.setTcpNoDelay(true).setHttp2ClearTextEnabled(true)
                    .setHttp2ConnectionWindowSize(CONNECTION_WINDOW_BYTES);
            http.setInitialSettings(new Http2Settings().setMaxConcurrentStreams(STREAMS_MAX)
                    .setInitialWindowSize(STREAM_WINDOW_BYTES).setMaxFrameSize(PIECE_BYTES_MAX));
            http.setHttp2RstFloodMaxRstFramePerWindow(DataPlaneOptions.RESETS_A_MINUTE_MAX)
                    .setHttp2RstFloodWindowDuration(1).setHttp2RstFloodWindowDurationTimeUnit(TimeUnit.MINUTES);
            http.setPerMessageWebSocketCompressionSupported(false).setPerFrameWebSocketCompressionSupported(false);
            return http;
        }
    }
}
