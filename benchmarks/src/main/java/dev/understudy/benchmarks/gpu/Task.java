package dev.understudy.benchmarks.gpu;

import dev.understudy.runtime.DeviceChoice;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.TimeUnit;

/// What a study is asked for, and where its part of the results goes. Immutable.
///
/// @param device   the processors or a GPU
/// @param seconds  how long the process may take, its start included
/// @param section  the Markdown file it writes
/// @param endNanos [System#nanoTime] when it has to be over
record Task(DeviceChoice device, double seconds, Path section, long endNanos) {
    private static final int HALVINGS_ON_CPU = 3;

    /// A task that began when this process did.
    static Task of(DeviceChoice device, double seconds, Path section) {
        long sinceStartMillis = System.currentTimeMillis() - ManagementFactory.getRuntimeMXBean().getStartTime();
        return new Task(device, seconds, section, System.nanoTime() + (long) (seconds * TimeUnit.SECONDS.toNanos(1))
                - TimeUnit.MILLISECONDS.toNanos(sinceStartMillis));
    }

    /// How long is left, in seconds; negative when it should be over.
    double secondsLeft() {
        return (endNanos - System.nanoTime()) / (double) TimeUnit.SECONDS.toNanos(1);
    }

    /// Whether the processors are the device.
    boolean onCpu() {
        return device instanceof DeviceChoice.Cpu;
    }

    /// How often a workload is halved at first: a processor begins with smaller models.
    int halvings() {
        return onCpu() ? HALVINGS_ON_CPU : 0;
    }

    /// Replaces what was written of the section, whole at once, so that an abrupt end leaves the last whole one.
    void write(String markdown) throws IOException {
        Path partial = section.resolveSibling(section.getFileName() + ".part");
        Files.writeString(partial, markdown);
        Files.move(partial, section, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
