package dev.understudy.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/// Real models made by others, kept beside the repository; tests of them are skipped where they are not.
final class SharedModels {
    private SharedModels() {}

    static Path folder() {
        Path shared = Path.of("../../shared/models");
        Assumptions.assumeTrue(Files.isDirectory(shared), "no ../shared/models beside the repository");
        return shared;
    }

    static List<Path> all() throws IOException {
        try (Stream<Path> files = Files.walk(folder())) {
            return files.filter(file -> file.toString().endsWith(".onnx")).sorted().toList();
        }
    }
}
