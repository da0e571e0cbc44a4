package dev.understudy.benchmarks;

import dev.understudy.benchmarks.ServerProcess.Launch;
import dev.understudy.server.plane.DataPlaneOptions;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// Starts one server at a time as a process, has it answer under load, and stops it. Not thread-safe; owned by the thread
/// that measures. Expects to run in the repository's root.
final class HttpTrial implements AutoCloseable {
    private static final Path LAUNCHER = Path.of("server", "target", "understudy", "bin", "understudy");
    private static final Path SCRIPT = Path.of("benchmarks", "http", "post.lua");
    private static final Path FASTIFY = Path.of("benchmarks", "target", "fastify");
    /// The head of the echo's answer: status line, a content length of three digits, an empty line.
    private static final int ECHO_HEAD_BYTES = "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n".length();
    private static final int WARMUP_SECONDS = 15;
    private static final int SECONDS = 8;

    private final Stage stage;
    private final InferenceExample example = InferenceExample.make();
    private final Path errors;
    private final Wrk wrk;

    /// How a server did.
    ///
    /// @param cpuMicros processor time of the server, a request
    /// @param answer    one answer of it
    record Outcome(Wrk.Load load, double cpuMicros, double residentMiB, HttpAnswer answer) {}

    /// What else to measure of a server that is up and warm.
    interface Probe {
        void measure(ServerProcess server, Wrk.Load load) throws IOException, InterruptedException;
    }

    HttpTrial() throws IOException {
        stage = Stage.with(InferenceExample.MODEL, InferenceExample.model(), "");
        errors = stage.folder().resolve("errors");
        Path body = Files.write(body(), example.body().array());
        wrk = new Wrk(SCRIPT, body, example);
    }

    InferenceExample example() {
        return example;
    }

    /// The file with the request's body.
    Path body() {
        return stage.folder().resolve("request");
    }

    /// Understudy as its users start it.
    ///
    /// @param javaOptions more options for its JVM, or empty
    Launch understudy(int port, String javaOptions) {
        return new Launch(List.of(LAUNCHER.toString(), "serve", "--repository", stage.repository().toString(),
                "--state", stage.state().toString(), "--host", "127.0.0.1", "--http-port", Integer.toString(port),
                "--management-port", "0"), Map.of("UNDERSTUDY_JAVA_OPTS", javaOptions));
    }

    /// The bare Vert.x server, on this JVM's options, which are the launcher's, with as many event loops as understudy.
    ///
    /// @param answerBytes status line, headers and body
    static Launch echo(int port, int answerBytes) {
        List<String> command = new ArrayList<>();
        command.add(ProcessHandle.current().info().command().orElseThrow());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        int eventLoops = DataPlaneOptions.of("", 0, 1, Duration.ZERO).eventLoops();
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), RawEcho.class.getName(),
                Integer.toString(port), Integer.toString(eventLoops), Integer.toString(answerBytes - ECHO_HEAD_BYTES)));
        return new Launch(command, Map.of());
    }

    static boolean fastifyIsInstalled() {
        return Files.isDirectory(FASTIFY.resolve("node_modules").resolve("onnxruntime-node"));
    }

    Launch fastify(int port) {
        return new Launch(List.of("node", FASTIFY.resolve("server.js").toString(),
                InferenceExample.modelFile(stage).toString(), Integer.toString(port)), Map.of());
    }

    /// Starts a server, warms it up, measures it, and stops it.
    Outcome run(Launch launch, int port, Probe probe) throws IOException, InterruptedException {
        try (ServerProcess server = ServerProcess.start(launch, port, errors)) {
            HttpAnswer answer = HttpAnswer.to(example, port);
            if (answer.status() != 200) {
                throw new IOException("no answer: " + answer);
            }
            wrk.run(port, WARMUP_SECONDS);
            Duration before = server.cpu();
            Wrk.Load load = wrk.run(port, SECONDS);
            Duration used = server.cpu().minus(before);
            probe.measure(server, load);
            double residentMiB = server.residentBytes() / (1024.0 * 1024);
            return new Outcome(load, used.toNanos() / (double) TimeUnit.MICROSECONDS.toNanos(1) / load.requests(),
                    residentMiB, HttpAnswer.to(example, port));
        }
    }

    @Override
    public void close() throws IOException {
        stage.close();
    }
}
