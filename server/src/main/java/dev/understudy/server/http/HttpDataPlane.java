package dev.understudy.server.http;

import dev.understudy.server.plane.DataPlaneOptions;
import dev.understudy.server.plane.Intake;
import dev.understudy.server.plane.ListenException;
import dev.understudy.server.plane.ListeningSocket;
import io.vertx.core.Context;
import io.vertx.core.Deployable;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// The Open Inference Protocol's REST form over HTTP/1.1 and HTTP/2 in clear text (h2c), on one port. Thread-safe.
public final class HttpDataPlane {
    /// Netty hands a body on in pieces no larger than this; a body in one piece is not copied.
    private static final int PIECE_BYTES = 64 * 1024;
    /// HTTP/2 flow control: large enough that a tensor does not wait for the client's round trips.
    private static final int STREAM_WINDOW_BYTES = 1 << 20;
    private static final int CONNECTION_WINDOW_BYTES = 1 << 24;
    private static final int STREAMS_MAX = 1024;
    /// How long clients that keep a connection alive have to send something and be told to leave; once while others still
    /// come, and once more when nobody does.
    private static final long LEAVE_MILLIS_MAX = 500;
    /// How long who was accepted last has to send something; before that the network library tells of no connection.
    private static final long LATE_MILLIS = 100;

    private final Vertx vertx;
    private final String deployment;
    private final int port;
    private final DataPlane plane;
    private final ListeningSocket socket;
    private @Nullable Future<Void> closed;

    private HttpDataPlane(Vertx vertx, String deployment, int port, DataPlane plane, ListeningSocket socket) {
        this.vertx = vertx;
        this.deployment = deployment;
        this.port = port;
        this.plane = plane;
        this.socket = socket;
    }

    /// Begins to serve. The future fails with a [ListenException] when the address cannot be bound.
    public static Future<HttpDataPlane> start(Vertx vertx, Intake intake, DataPlaneOptions options) {
        DataPlane plane = new DataPlane(intake, options);
        AtomicInteger port = new AtomicInteger();
        ListeningSocket socket = new ListeningSocket();
        return vertx
                .deployVerticle(() -> new Listener(plane, port, socket),
                        new DeploymentOptions().setInstances(options.eventLoops()))
                .map(deployment -> new HttpDataPlane(vertx, deployment, port.get(), plane, socket))
                .recover(cause -> Future.failedFuture(ListenException.explain(cause, options)));
    }

    /// The TCP port it listens on.
    public int port() {
        return port;
    }

    /// Bytes held now: of requests from arrival until they are answered, of answers until they are written.
    public long bodyBytesHeld() {
        return plane.budget().held();
    }

    /// Asks clients to leave: from now on an answer closes its connection. Then stops to accept, and waits for who came until
    /// then. The future completes when all have left, or after little more than a second.
    public Future<Void> drain() {
        return allGone().compose(_ -> socket.close())
                .compose(_ -> socket.used()
                        ? vertx.timer(LATE_MILLIS, TimeUnit.MILLISECONDS).compose(_ -> allGone())
                        : Future.succeededFuture());
    }

    private Future<Void> allGone() {
        return plane.connections().leave().timeout(LEAVE_MILLIS_MAX, TimeUnit.MILLISECONDS).otherwiseEmpty();
    }

    /// Stops to accept, then closes idle connections, and lets answers under way finish, as long as the options allow.
    /// Closing again changes nothing.
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
        private final DataPlane plane;
        private final AtomicInteger port;
        private final ListeningSocket socket;
        private @Nullable HttpServer server;

        Listener(DataPlane plane, AtomicInteger port, ListeningSocket socket) {
            this.plane = plane;
            this.port = port;
            this.socket = socket;
        }

        @Override
        public Future<?> deploy(Context context) {
            HttpServer listening = context.owner().createHttpServer(options(plane.options()))
                    .connectionHandler(this::opened).requestHandler(new Dispatcher(plane))
                    .invalidRequestHandler(Dispatcher::refuseMalformed).exceptionHandler(plane.intake().faults());
            server = listening;
            return listening.listen().onSuccess(bound -> port.set(bound.actualPort()));
        }

        private void opened(HttpConnection connection) {
            socket.accepted(connection);
            plane.connections().opened(connection);
        }

        @Override
        public Future<?> undeploy(Context context) {
            HttpServer listening = server;
            return listening == null
                    ? Future.succeededFuture()
                    : listening.shutdown(plane.options().drainMax().toMillis(), TimeUnit.MILLISECONDS);
        }

        private static HttpServerOptions options(DataPlaneOptions options) {
            HttpServerOptions http = new HttpServerOptions().setHost(options.host());
            // A negative port is a free one that all event loops of the deployment share.
            http.setPort(options.port() == 0 ? -1 : options.port());
            http.setIdleTimeout((int) options.idleMax().toMillis()).setIdleTimeoutUnit(TimeUnit.MILLISECONDS);
            http.setMaxChunkSize(PIECE_BYTES).setTcpNoDelay(true);
            http.setHttp2ClearTextEnabled(true).setHttp2ConnectionWindowSize(CONNECTION_WINDOW_BYTES);
            http.setInitialSettings(new Http2Settings().setMaxConcurrentStreams(STREAMS_MAX)
                    .setInitialWindowSize(STREAM_WINDOW_BYTES));
            http.setHttp2RstFloodMaxRstFramePerWindow(DataPlaneOptions.RESETS_A_MINUTE_MAX)
                    .setHttp2RstFloodWindowDuration(1).setHttp2RstFloodWindowDurationTimeUnit(TimeUnit.MINUTES);
            http.setPerMessageWebSocketCompressionSupported(false).setPerFrameWebSocketCompressionSupported(false);
            return http;
        }
    }
}
