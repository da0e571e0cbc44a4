package dev.understudy.benchmarks;

import dev.understudy.benchmarks.ServerProcess.Launch;
import dev.understudy.models.SyntheticModels;
import dev.understudy.server.plane.DataPlaneOptions;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// Starts one gRPC server at a time as a process, has it answer under load, and stops it. Not thread-safe; owned by the
/// thread that measures. Expects to run in the repository's root.
final class GrpcTrial implements AutoCloseable {
    /// A model that works for about a second.
    static final String SLOW = "slow";
    static final int SLOW_IMAGE = 64;
    private static final int SLOW_CHANNELS = 64;
    private static final int SLOW_LAYERS = 300;
    private static final Path LAUNCHER = Path.of("server", "target", "understudy", "bin", "understudy");
    private static final int HEAD_BYTES = 5;
    private static final int WARMUP_SECONDS = 45;
    private static final int SECONDS = 8;

    private final Stage stage;
    private final GrpcExample example = GrpcExample.make();
    private final Path errors;
    private final StreamLoad load;

    /// How a server did.
    ///
    /// @param cpuMicros processor time of the server, a request
    record Outcome(StreamLoad.Load load, double cpuMicros, double residentMiB, GrpcCaller.Answer answer) {}

    GrpcTrial() throws IOException {
        stage = Stage.with(InferenceExample.MODEL, InferenceExample.model(), "");
        Path slow = Files.createDirectories(stage.repository().resolve(SLOW));
        Files.write(slow.resolve("1.onnx"), SyntheticModels.conv(SLOW_CHANNELS, SLOW_LAYERS, SLOW_IMAGE));
        errors = stage.folder().resolve("errors");
        Path frame = Files.write(stage.folder().resolve("frame"), example.frame().array());
        load = new StreamLoad(frame);
    }

    GrpcExample example() {
        return example;
    }

    /// Understudy as its users start it.
    Launch understudy(int port) {
        return new Launch(List.of(LAUNCHER.toString(), "serve", "--repository", stage.repository().toString(),
                "--state", stage.state().toString(), "--host", "127.0.0.1", "--grpc-port", Integer.toString(port),
                "--http-port", "0", "--management-port", "0"), Map.of());
    }

    /// Vert.x's own gRPC server, on this JVM's options, which are the launcher's, with as many event loops as understudy.
    ///
    /// @param answerBytes the answer's frame
    static Launch echo(int port, int answerBytes) {
        List<String> command = new ArrayList<>();
        command.add(ProcessHandle.current().info().command().orElseThrow());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        int eventLoops = DataPlaneOptions.of("", 0, 1, Duration.ZERO).eventLoops();
        command.addAll(
                List.of("-cp", System.getProperty("java.class.path"), RawGrpcEcho.class.getName(),
                        Integer.toString(port), Integer.toString(eventLoops),
                        Integer.toString(answerBytes - HEAD_BYTES)));
        return new Launch(command, Map.of());
    }

    /// Starts a server that is stopped when it is closed.
    ServerProcess start(Launch launch, int port) throws IOException {
        return ServerProcess.start(launch, port, errors);
    }

    /// One call to the server at `port`.
    GrpcCaller.Answer answer(int port) {
        try (GrpcCaller caller = GrpcCaller.onOneConnection(Vertx.vertx(), port)) {
            return caller.call(example.frame()).await();
        }
    }

    /// Warms a server up and measures it.
    Outcome run(ServerProcess server) throws IOException, InterruptedException {
        int answerBytes = answer(server.port()).frame().remaining();
        load.run(server.port(), WARMUP_SECONDS, answerBytes);
        Duration before = server.cpu();
        StreamLoad.Load done = load.run(server.port(), SECONDS, answerBytes);
        Duration used = server.cpu().minus(before);
        return new Outcome(done, used.toNanos() / (double) TimeUnit.MICROSECONDS.toNanos(1) / done.requests(),
                server.residentBytes() / (1024.0 * 1024), answer(server.port()));
    }

    @Override
    public void close() throws IOException {
        stage.close();
    }
}
