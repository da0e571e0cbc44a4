package dev.understudy.ffm;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// The files under `/proc/self/task`, one folder a thread. Thread-safe.
final class ProcTask {
    private static final Path TASKS = Path.of("/proc/self/task");

    private ProcTask() {}

    /// The text of one file of a thread's; empty when it is not there, as when the thread has ended.
    static Optional<String> line(int threadId, String file) {
        try {
            // Names are bytes, so every byte must be readable as text.
            return Optional.of(Files.readString(TASKS.resolve(threadId + "/" + file), StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
