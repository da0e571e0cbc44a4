package dev.understudy.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The program in a process of its own, as the launcher starts it. Closing kills it if it still runs.
final class Program implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 120;

    private final Process process;
    private final BufferedReader out;
    private final Path err;

    private Program(Process process, Path err) {
        this.process = process;
        this.err = err;
        out = process.inputReader(StandardCharsets.UTF_8);
    }

    /// @param err where its stderr goes
    static Program start(Path err, String... args) throws IOException {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1", "-XX:+PerfDisableSharedMem", "--add-modules=jdk.incubator.vector",
                        "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow",
                        "-Dunderstudy.home=" + Path.of("..").toRealPath(), "-cp", System.getProperty("java.class.path"),
                        Main.class.getName()));
        command.addAll(List.of(args));
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(err.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("UNDERSTUDY_"));
        return new Program(builder.start(), err);
    }

    /// The next line of stdout, null at its end.
    @Nullable
    String readLine() throws IOException {
        return out.readLine();
    }

    String readAll() {
        try {
            StringWriter text = new StringWriter();
            out.transferTo(text);
            return text.toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// What it said on stderr, without what the JVM says of its incubating module before the program starts.
    List<String> errors() throws IOException {
        return Files.readAllLines(err).stream().filter(line -> !line.startsWith("WARNING: Using incubator")).toList();
    }

    /// Sends SIGTERM. By the handle: the process itself would close our end of its streams too.
    void terminate() {
        process.toHandle().destroy();
    }

    int exitCode() throws InterruptedException {
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException("the program does not end");
        }
        return process.exitValue();
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        out.close();
    }
}
