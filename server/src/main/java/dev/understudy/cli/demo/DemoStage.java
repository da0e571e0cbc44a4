package dev.understudy.cli.demo;

import com.fasterxml.jackson.databind.JsonNode;
import dev.understudy.cli.CommandFailure;
import dev.understudy.cli.ExitCode;
import dev.understudy.cli.Installation;
import dev.understudy.cli.ManagementClient;
import dev.understudy.cli.RunningServer;
import dev.understudy.cli.ServeConfig;
import dev.understudy.cli.ServeSettings;
import dev.understudy.cli.StateFolder;
import dev.understudy.cli.TemporaryFolder;
import dev.understudy.engine.EngineConfig.LogEvent;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/// A whole server on free ports over copies in a temporary folder, which goes when it closes. Not thread-safe; owned by
/// the demo.
final class DemoStage implements AutoCloseable {
    static final String MODEL = "digits";

    private final Path folder;
    private final Path repository;
    private final Path challengers;
    private final RunningServer server;
    private final ManagementClient management;

    private DemoStage(Path folder, Path repository, Path challengers, RunningServer server) {
        this.folder = folder;
        this.repository = repository;
        this.challengers = challengers;
        this.server = server;
        management = new ManagementClient(URI.create("http://127.0.0.1:" + server.managementPort()), null);
    }

    /// @param log receives what the server has to say
    static DemoStage open(Consumer<LogEvent> log) throws CommandFailure, IOException {
        Path models = Installation.models();
        Path folder = Files.createTempDirectory("understudy-demo-").toRealPath();
        try {
            Path repository = folder.resolve("repository");
            copyTree(models.resolve("repository"), repository);
            ServeConfig config = ServeConfig
                    .of(new ServeSettings(repository, folder.resolve("state"), "127.0.0.1", 0, 0,
                            "127.0.0.1", 0, null, null, null, null, null, null, null, null));
            TemporaryFolder.claim(config.state());
            return new DemoStage(folder, repository, models.resolve("challengers"), RunningServer.start(config, log));
        } catch (CommandFailure | IOException | RuntimeException e) {
            StateFolder.remove(folder);
            throw e;
        }
    }

    /// Where inferences are posted.
    URI infer() {
        return URI.create("http://127.0.0.1:" + server.httpPort() + "/v2/models/" + MODEL + "/infer");
    }

    boolean ready() {
        return server.ready();
    }

    /// Copies a file into the watched folder, as a person would with `cp`.
    ///
    /// @param challenger file among the challengers that ship with the program
    /// @return the version it becomes
    String drop(String challenger) throws IOException {
        Path file = challengers.resolve(challenger);
        String name = file.getFileName().toString();
        Files.copy(file, repository.resolve(MODEL).resolve(name));
        return name.substring(0, name.lastIndexOf('.'));
    }

    /// Takes a challenger's file out of the watched folder.
    void withdraw(String version) throws IOException {
        Files.delete(repository.resolve(MODEL).resolve(version + ".onnx"));
    }

    /// Declares what a challenger must show from now on.
    ///
    /// @param criteria in YAML
    void ask(String criteria) throws CommandFailure {
        var unused = management.send("PUT", "/models/" + MODEL + "/criteria", "application/yaml", criteria);
    }

    /// Says what would have been right.
    ///
    /// @param labels JSON lines
    void tell(String labels) throws CommandFailure {
        var unused = management.send("POST", "/models/" + MODEL + "/feedback", "application/x-ndjson", labels);
    }

    /// The model as the management API shows it now.
    JsonNode status() throws CommandFailure {
        return management.json("/models/" + MODEL);
    }

    /// The kept comparisons with a challenger that differ most, the worst first.
    JsonNode worst(String challenger, int limit) throws CommandFailure {
        return management.json("/models/" + MODEL + "/challengers/" + ManagementClient.escaped(challenger)
                + "/comparisons?order=worst&limit=" + limit);
    }

    /// Stops the server and removes every trace.
    @Override
    public void close() throws CommandFailure {
        management.close();
        server.drain();
        server.close();
        try {
            StateFolder.remove(folder);
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.FAILED, "the temporary folder " + folder + " cannot be removed");
        }
    }

    private static void copyTree(Path from, Path to) throws IOException {
        List<Path> tree;
        try (var paths = Files.walk(from)) {
            tree = paths.toList();
        }
        for (Path path : tree) {
            Files.copy(path, to.resolve(from.relativize(path).toString()));
        }
    }
}
