package dev.understudy.server.protocol;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;

/// A [ProtocolServer] and its folder, which goes when it is closed. Thread-safe.
record StartedServer(ProtocolServer server, Path folder) implements AutoCloseable {
    static StartedServer start() {
        try {
            Path folder = Files.createTempDirectory("understudy-protocol-");
            return new StartedServer(new ProtocolServer(folder), folder);
        } catch (Exception e) {
            throw new IllegalStateException("the server did not start", e);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, IOException failure) throws IOException {
                Files.delete(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
