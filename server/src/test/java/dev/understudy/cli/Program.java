package dev.understudy.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
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
        return start(err, command(Main.class), args);
    }

    /// The same with another main class, or a launcher that has one.
    static Program start(Path err, List<String> program, String... args) throws IOException {
        List<String> command = new ArrayList<>(program);
        command.addAll(List.of(args));
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(err.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("UNDERSTUDY_"));
        return new Program(builder.start(), err);
    }

    /// What starts a main class as the launcher does, without arguments. A crash of it is quiet.
    static List<String> command(Class<?> main) throws IOException {
        return List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1", "-XX:+PerfDisableSharedMem",
                "-XX:+SuppressFatalErrorMessage", "--add-modules=jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow",
                "-Dunderstudy.home=" + Path.of("..").toRealPath(), "-cp", System.getProperty("java.class.path"),
                main.getName());
    }

    /// Writes a launcher that starts the main class and says where it lies, as the real one does. No core is written; the JVM's
    /// own switch for that would have it end a crash with exit code 1.
    static List<String> launcher(Path file, Class<?> main) throws IOException {
        List<String> command = new ArrayList<>(command(main));
        command.add(1, "-D" + ServingProcess.LAUNCHER + "=" + file);
        Files.writeString(file, "#!/bin/sh\nulimit -c 0\nexec "
                + command.stream().map(word -> "'" + word + "'").collect(Collectors.joining(" ")) + " \"$@\"\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        return List.of(file.toString());
    }

    /// The server that a supervisor has started.
    ProcessHandle server() {
        return process.toHandle().children().findFirst().orElseThrow();
    }

    /// Sends SIGKILL.
    void kill() {
        process.toHandle().destroyForcibly();
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
