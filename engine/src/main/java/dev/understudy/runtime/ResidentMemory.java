package dev.understudy.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/// How much memory of this process is resident: heap, sessions, everything. Stateless.
public final class ResidentMemory {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String KEY = "VmRSS:";

    private ResidentMemory() {}

    /// Bytes now; empty where the system does not tell.
    public static OptionalLong bytes() {
        try {
            return Files.readAllLines(STATUS).stream().filter(line -> line.startsWith(KEY))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024).findFirst();
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }
}
