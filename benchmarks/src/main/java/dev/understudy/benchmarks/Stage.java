package dev.understudy.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// A temporary repository with one model, and room for a server's state; removed when closed. Immutable.
///
/// @param folder holds everything
public record Stage(Path folder) implements AutoCloseable {
    /// A repository whose model `name` has the version `1`.
    ///
    /// @param modelYaml the model's configuration, or empty for none
    public static Stage with(String name, byte[] model, String modelYaml) throws IOException {
        Stage stage = new Stage(Files.createTempDirectory("understudy-benchmark-"));
        Path home = Files.createDirectories(stage.repository().resolve(name));
        Files.write(home.resolve("1.onnx"), model);
        if (!modelYaml.isEmpty()) {
            Files.writeString(home.resolve("model.yaml"), modelYaml);
        }
        return stage;
    }

    public Path repository() {
        return folder.resolve("repository");
    }

    public Path state() {
        return folder.resolve("state");
    }

    @Override
    public void close() throws IOException {
        List<Path> deepestFirst;
        try (Stream<Path> paths = Files.walk(folder)) {
            deepestFirst = paths.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : deepestFirst) {
            Files.deleteIfExists(path);
        }
    }
}
