package dev.understudy.models;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Thread-safe. The files of this module as committed.
final class Committed {
    static final Path ROOT = Path.of(System.getProperty("basedir", "."));

    private Committed() {}

    static byte[] bytes(String file) {
        try {
            return Files.readAllBytes(ROOT.resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
