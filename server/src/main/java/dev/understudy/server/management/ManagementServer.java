package dev.understudy.server.management;

import dev.understudy.engine.Engine;
import dev.understudy.server.management.Endpoint.Cost;
import dev.understudy.server.plane.ConnectionFaults;
import dev.understudy.server.plane.ListeningSocket;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import java.net.BindException;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// The control plane's HTTP server: status page, metrics and API. Thread-safe.
///
/// Has an event loop and workers of its own, so that whoever looks on cannot delay an answer of the data plane.
public final class ManagementServer implements AutoCloseable {
    private static final int STATUS_THREADS = 2;
    private static final int JOURNAL_THREADS = 2;
    /// Each waits for a commit that it shares with the others.
    private static final int FEEDBACK_THREADS = 4;
    private static final int CALLS_MAX = 64;
    private static final int CONNECTIONS_MAX = 256;
    private static final int IDLE_SECONDS_MAX = 60;
    private static final long CLOSE_SECONDS_MAX = 10;

    private final Vertx vertx;
    private final MetricsPage metrics;
    private final @Nullable AlertRounds alerts;
    private final int port;
    private final ListeningSocket socket;

    private ManagementServer(Vertx vertx, MetricsPage metrics, @Nullable AlertRounds alerts, int port,
            ListeningSocket socket) {
        this.vertx = vertx;
        this.metrics = metrics;
        this.alerts = alerts;
        this.port = port;
        this.socket = socket;
    }

    /// Listens. The engine stays the caller's, to be closed after this server.
    ///
    /// @param faults told what goes wrong on its connections, and read for the metrics
    /// @throws ManagementStartException when the address cannot be listened on
    public static ManagementServer start(Engine engine, ConnectionFaults faults, ManagementConfig config)
            throws ManagementStartException {
        return start(new EngineView(engine, faults), config);
    }

    static ManagementServer start(ControlView view, ManagementConfig config) throws ManagementStartException {
        Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1).setWorkerPoolSize(1)
                .setInternalBlockingPoolSize(1).setFileSystemOptions(
                        new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false)));
        Webhook webhook = config.webhook() == null ? null : new Webhook(config.webhook(), view::fault);
        MetricsPage metrics = webhook == null ? new MetricsPage(view) : new MetricsPage(view, webhook::counts);
        ListeningSocket socket = new ListeningSocket();
        try {
            HttpServer server = vertx
                    .createHttpServer(new HttpServerOptions().setIdleTimeout(IDLE_SECONDS_MAX)
                            .setIdleTimeoutUnit(TimeUnit.SECONDS))
                    .connectionHandler(bounded(socket)).requestHandler(router(vertx, view, metrics, config))
                    .invalidRequestHandler(ManagementServer::refuseMalformed)
                    .exceptionHandler(view::connectionFault);
            int port = server.listen(config.port(), config.host()).toCompletionStage().toCompletableFuture().join()
                    .actualPort();
            AlertRounds alerts = webhook == null ? null : new AlertRounds(view, webhook);
            if (alerts != null) {
                alerts.start();
            }
            return new ManagementServer(vertx, metrics, alerts, port, socket);
        } catch (CompletionException e) {
            if (webhook != null) {
                webhook.close();
            }
            close(vertx, metrics, socket);
            throw refused(config, e.getCause() == null ? e : e.getCause());
        }
    }

    /// Answers what was no HTTP request at all, for which there is no route.
    private static void refuseMalformed(HttpServerRequest request) {
        Answer.Json answer = switch (request.decoderResult().cause()) {
            case TooLongHttpHeaderException _ -> Answer.error(431, "the request's headers are too long");
            case TooLongFrameException _ -> Answer.error(414, "the request's path is too long");
            case null, default -> Answer.error(400, "this is not a valid HTTP request");
        };
        request.response().setStatusCode(answer.status()).putHeader(HttpHeaders.CONTENT_TYPE, Replies.JSON)
                .putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE).end(answer.body().toString());
        request.connection().close();
    }

    /// Connections count from their first bytes on, before which the network library tells of none; the idle timeout closes
    /// those that stay silent.
    private static Handler<HttpConnection> bounded(ListeningSocket socket) {
        AtomicInteger connections = new AtomicInteger();
        return connection -> {
            socket.accepted(connection);
            connection.closeHandler(_ -> connections.decrementAndGet());
            if (connections.incrementAndGet() > CONNECTIONS_MAX) {
                connection.close();
            }
        };
    }

    private static Router router(Vertx vertx, ControlView view, MetricsPage metrics, ManagementConfig config) {
        StaticPages pages = StaticPages.load();
        Map<Cost, BoundedWorkers> workers = Map.of(Cost.STATUS,
                new BoundedWorkers(vertx, "management-status", STATUS_THREADS, CALLS_MAX), Cost.JOURNAL,
                new BoundedWorkers(vertx, "management-journal", JOURNAL_THREADS, CALLS_MAX), Cost.FEEDBACK,
                new BoundedWorkers(vertx, "management-feedback", FEEDBACK_THREADS, CALLS_MAX));
        Replies replies = new Replies(view, pages.securityPolicy());
        return new ManagementRouter(new Gate(config), workers, view, replies).route(vertx,
                new ManagementApi(view, metrics, pages).endpoints());
    }

    private static ManagementStartException refused(ManagementConfig config, Throwable cause) {
        String address = config.host() + ":" + config.port();
        String message = cause instanceof BindException
                ? "the management address " + address + " cannot be listened on, it may be in use: choose another with "
                        + "--management-port"
                : "the management address " + address + " cannot be listened on: " + cause.getMessage();
        return new ManagementStartException(message, cause);
    }

    /// The port it listens on, also when a free one was asked for.
    public int port() {
        return port;
    }

    /// Stops listening and closes all connections. Not to be called on a thread of this server.
    @Override
    public void close() {
        if (alerts != null) {
            alerts.close();
        }
        close(vertx, metrics, socket);
    }

    private static void close(Vertx vertx, MetricsPage metrics, ListeningSocket socket) {
        try {
            socket.close().compose(_ -> vertx.close()).toCompletionStage().toCompletableFuture()
                    .orTimeout(CLOSE_SECONDS_MAX, TimeUnit.SECONDS)
                    .join();
        } catch (CompletionException e) {
            throw new IllegalStateException("the management server did not close", e);
        } finally {
            metrics.close();
        }
    }
}
