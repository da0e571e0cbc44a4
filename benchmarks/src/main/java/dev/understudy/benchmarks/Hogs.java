package dev.understudy.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Other processes that keep every core busy twice over until closed, or until this process ends. Owned by who starts them.
public final class Hogs implements AutoCloseable {
    private static final String HOG = "while kill -0 $PPID; do i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done; done";

    private final List<Process> processes = new ArrayList<>();

    private Hogs() {}

    /// Starts them.
    public static Hogs start() throws IOException {
        Hogs hogs = new Hogs();
        try {
            for (int i = 0; i < 2 * Runtime.getRuntime().availableProcessors(); i++) {
                hogs.processes.add(new ProcessBuilder("sh", "-c", HOG).start());
            }
            return hogs;
        } catch (IOException e) {
            hogs.close();
            throw e;
        }
    }

    @Override
    public void close() {
        processes.forEach(Process::destroyForcibly);
    }
}
