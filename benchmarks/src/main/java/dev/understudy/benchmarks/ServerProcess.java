package dev.understudy.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// A server in a process of its own, which says `ready` in its first line. Not thread-safe; owned by the thread that
/// measures. It ends when this is closed, and when this JVM ends.
public final class ServerProcess implements AutoCloseable {
    private static final long START_SECONDS_MAX = 60;
    private static final long STOP_SECONDS_MAX = 20;

    private final Process process;
    private final Thread onExit;
    private final int port;

    /// What starts a server.
    ///
    /// @param environment beside this process's own
    public record Launch(List<String> command, Map<String, String> environment) {}

    private ServerProcess(Process process, int port) {
        this.process = process;
        this.port = port;
        this.onExit = new Thread(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(onExit);
    }

    /// A TCP port of the loopback address that nobody listens on.
    public static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /// Starts a server that will listen on `port`, and returns once it is ready.
    ///
    /// @param errors where its standard error goes
    /// @throws IOException when it ends, or says something else, or nothing for a minute
    public static ServerProcess start(Launch launch, int port, Path errors) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(launch.command()).redirectError(errors.toFile());
        builder.environment().putAll(launch.environment());
        ServerProcess server = new ServerProcess(builder.start(), port);
        BufferedReader out = server.process.inputReader();
        String line = CompletableFuture.supplyAsync(() -> out.lines().findFirst().orElse("nothing"))
                .completeOnTimeout("nothing in time", START_SECONDS_MAX, TimeUnit.SECONDS).join();
        if (!line.startsWith("ready")) {
            server.close();
            throw new IOException(
                    "instead of ready, " + launch.command().getFirst() + " said " + line + "; its errors: "
                            + Files.readString(errors).strip());
        }
        return server;
    }

    public int port() {
        return port;
    }

    /// Processor time that it has used, and those it started that still run.
    public Duration cpu() {
        return Stream.concat(Stream.of(process.toHandle()), process.descendants())
                .map(one -> one.info().totalCpuDuration().orElse(Duration.ZERO)).reduce(Duration.ZERO, Duration::plus);
    }

    /// Memory it has in use now, or 0 where the system does not say.
    public long residentBytes() throws IOException {
        return residentBytes(process.pid());
    }

    /// Memory that a process has in use now, or 0 where the system does not say.
    public static long residentBytes(long pid) throws IOException {
        Path status = Path.of("/proc", Long.toString(pid), "status");
        if (!Files.exists(status)) {
            return 0;
        }
        return Files.readAllLines(status).stream().filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024).findFirst().orElse(0);
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(STOP_SECONDS_MAX, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().removeShutdownHook(onExit);
    }
}
