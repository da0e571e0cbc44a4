package dev.understudy.cli;

import dev.understudy.engine.Engine;
import dev.understudy.engine.EngineConfig.Level;
import dev.understudy.engine.EngineConfig.LogEvent;
import dev.understudy.engine.EngineConfig;
import dev.understudy.engine.EngineStartException;
import dev.understudy.runtime.DeviceLoss;
import dev.understudy.server.grpc.GrpcDataPlane;
import dev.understudy.server.http.HttpDataPlane;
import dev.understudy.server.management.ManagementServer;
import dev.understudy.server.management.ManagementStartException;
import dev.understudy.server.plane.ConnectionFaults;
import dev.understudy.server.plane.DataPlaneOptions;
import dev.understudy.server.plane.Intake;
import dev.understudy.server.plane.ServerIdentity;
import dev.understudy.server.tracing.Tracing;
import dev.understudy.server.tracing.TracingStartException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxBuilder;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.OptionalInt;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The engine with all planes before it, started and stopped in the order that leaves no caller without an answer.
/// Not thread-safe; owned by the thread that starts it.
public final class RunningServer implements AutoCloseable {
    private static final long CLOSE_MARGIN_SECONDS = 10;
    private static final int WORKERS_MIN = 2;

    private final ServeConfig config;
    private final StartedParts parts;
    private final Engine engine;
    private final HttpDataPlane http;
    private final GrpcDataPlane grpc;
    private final ManagementServer management;

    private RunningServer(ServeConfig config, OptionalInt lastExit, Consumer<DeviceLoss> deviceLost,
            Consumer<LogEvent> log, StartedParts parts) throws CommandFailure {
        this.config = config;
        this.parts = parts;
        ConnectionFaults faults = new ConnectionFaults();
        faults.catchLogged();
        parts.add(faults::close);
        engine = startEngine(
                new EngineConfig(config.repository(), config.state(), config.limits(), config.device(), config.cuda(),
                        config.shadow(), log,
                        lastExit, deviceLost));
        parts.add(engine::close);
        log.accept(new LogEvent(Level.INFO, "",
                "repository " + config.repository() + ", state " + config.state()));
        log.accept(new LogEvent(Level.INFO, "", LimitsSection.describe(config.limits())));
        management = startManagement(engine, faults, config);
        parts.add(management::close);
        DataPlaneOptions options = DataPlaneOptions.of(config.host(), config.httpPort(),
                config.limits().requestBytesMax(), config.limits().drainMax());
        Tracing tracing = startTracing();
        if (tracing != null) {
            parts.add(tracing::close);
        }
        Vertx vertx = vertx(options, tracing);
        parts.add(() -> join(vertx.close()));
        Intake intake = Intake.of(engine, ServerIdentity.named(config.serverName()), options.bodyBytesMax(), faults);
        http = listening(HttpDataPlane.start(vertx, intake, options));
        parts.add(() -> join(closing(http.close())));
        grpc = listening(GrpcDataPlane.start(vertx, intake, options.withPort(config.grpcPort())));
        // Both begin to close before either is waited for.
        parts.add(() -> join(closing(Future.join(grpc.close(), http.close()).mapEmpty())));
        if (!engine.ready()) {
            log.accept(new LogEvent(Level.WARN, "", "not ready: no model can answer yet"));
        }
    }

    /// Loads the champions, then listens.
    ///
    /// @throws CommandFailure when a part cannot start; those that had are stopped again
    public static RunningServer start(ServeConfig config, Consumer<LogEvent> log) throws CommandFailure {
        return start(config, OptionalInt.empty(), loss -> {}, log);
    }

    /// The same for a process of its own.
    ///
    /// @param lastExit   how the process before this one ended, if anybody saw
    /// @param deviceLost told once when the device is lost, and the process should end soon
    static RunningServer start(ServeConfig config, OptionalInt lastExit, Consumer<DeviceLoss> deviceLost,
            Consumer<LogEvent> log) throws CommandFailure {
        if (config.httpPort() != 0 && config.httpPort() == config.grpcPort()) {
            throw new CommandFailure(ExitCode.PORT, "port " + config.httpPort()
                    + " cannot take HTTP and gRPC both; choose another with --http-port or --grpc-port");
        }
        checkFree("--http-port", config.host(), config.httpPort());
        checkFree("--grpc-port", config.host(), config.grpcPort());
        checkFree("--management-port", config.managementHost(), config.managementPort());
        StartedParts parts = new StartedParts();
        try {
            return new RunningServer(config, lastExit, deviceLost, log, parts);
        } catch (CommandFailure | RuntimeException | Error e) {
            closeAfter(e, parts);
            throw e;
        }
    }

    private static void closeAfter(Throwable failure, StartedParts parts) {
        try {
            parts.close();
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
        }
    }

    /// As many workers as event loops: a large body that one of them decodes must not hold up everybody else's. The
    /// kernel's own event queue is cheaper to sleep on than the JDK's selector, which is used where there is none.
    private static Vertx vertx(DataPlaneOptions options, @Nullable Tracing tracing) {
        VertxBuilder builder = Vertx.builder().with(new VertxOptions().setPreferNativeTransport(true)
                .setEventLoopPoolSize(options.eventLoops())
                .setWorkerPoolSize(Math.max(WORKERS_MIN, options.eventLoops())).setInternalBlockingPoolSize(1)
                .setFileSystemOptions(
                        new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false)));
        return (tracing == null ? builder : builder.withTracer(tracing.factory())).build();
    }

    private static @Nullable Tracing startTracing() throws CommandFailure {
        try {
            return Tracing.of(System.getenv());
        } catch (TracingStartException e) {
            throw new CommandFailure(ExitCode.USAGE, String.valueOf(e.getMessage()));
        }
    }

    public boolean ready() {
        return engine.ready();
    }

    public int httpPort() {
        return http.port();
    }

    public int grpcPort() {
        return grpc.port();
    }

    public int managementPort() {
        return management.port();
    }

    /// Bytes of bodies held now on both data planes: of requests from arrival until they are answered, of answers until they
    /// are written.
    public long bodyBytesHeld() {
        return http.bodyBytesHeld();
    }

    /// What `serve` prints once it can answer: a word, then names and values.
    String readyLine() {
        long models = engine.status().stream().filter(model -> model.champion().isPresent()).count();
        return "ready http=" + address(config.host(), httpPort()) + " grpc="
                + address(config.host(), grpcPort()) + " management="
                + address(config.managementHost(), managementPort()) + " models=" + models;
    }

    /// From now on not ready; what was admitted is still answered. Returns when clients that keep a connection alive have
    /// been told to leave, or have sent nothing for a second.
    public void drain() {
        engine.drain();
        join(http.drain());
    }

    /// Answers what was admitted, as long as the limits allow, then closes everything, also when a part does not close.
    /// The management plane goes after the data plane, so that the last moments can be watched.
    @Override
    public void close() {
        parts.close();
    }

    private static <T> T join(Future<T> future) {
        return future.toCompletionStage().toCompletableFuture().join();
    }

    /// A port that is taken is found before the models are loaded, not after.
    private static void checkFree(String option, String host, int port) throws CommandFailure {
        try (ServerSocket probe = new ServerSocket()) {
            probe.bind(new InetSocketAddress(host, port));
        } catch (IOException | RuntimeException e) {
            String reason = e instanceof BindException
                    ? "port " + port + " on " + host + " is in use or may not be taken; choose another with " + option
                    : "the address " + host + " cannot be listened on";
            throw new CommandFailure(ExitCode.PORT, reason);
        }
    }

    private static Engine startEngine(EngineConfig config) throws CommandFailure {
        try {
            return Engine.start(config);
        } catch (EngineStartException e) {
            int exitCode = switch (e.kind()) {
                case REPOSITORY -> ExitCode.REPOSITORY;
                case STATE -> ExitCode.STATE;
                case DEVICE -> ExitCode.DEVICE;
            };
            throw new CommandFailure(exitCode, String.valueOf(e.getMessage()));
        }
    }

    private static ManagementServer startManagement(Engine engine, ConnectionFaults faults, ServeConfig config)
            throws CommandFailure {
        try {
            return ManagementServer.start(engine, faults, config.management());
        } catch (ManagementStartException e) {
            throw new CommandFailure(ExitCode.PORT, String.valueOf(e.getMessage()));
        }
    }

    private Future<Void> closing(Future<Void> closed) {
        return closed.timeout(config.limits().drainMax().toSeconds() + CLOSE_MARGIN_SECONDS, TimeUnit.SECONDS);
    }

    private static <T> T listening(Future<T> plane) throws CommandFailure {
        try {
            return join(plane);
        } catch (CompletionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new CommandFailure(ExitCode.PORT, String.valueOf(cause.getMessage()));
        }
    }

    /// An IPv6 address goes in brackets, as in a URL.
    private static String address(String host, int port) {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
