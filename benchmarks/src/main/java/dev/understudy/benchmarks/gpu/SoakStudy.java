package dev.understudy.benchmarks.gpu;

import ai.onnxruntime.OrtException;
import dev.understudy.benchmarks.Mark;
import dev.understudy.benchmarks.ServerProcess;
import dev.understudy.benchmarks.gpu.Growth.Sample;
import dev.understudy.benchmarks.lane.ClosedLoop;
import dev.understudy.benchmarks.lane.EngineSide;
import dev.understudy.benchmarks.lane.Shadowed;
import dev.understudy.runtime.Isolation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Whether memory grows when two sessions on one device run by turns: the champion alone, then with its challenger, one
/// request at a time and many, over and over (microsoft/onnxruntime#29351). More growth than is borne fails it. Not thread-safe;
/// owned by the thread that measures.
final class SoakStudy {
    private static final long MIB = 1024 * 1024;
    /// Borne of the GPU's memory in a minute: its driver hands it out in pieces of 2 MiB, to others too.
    private static final long DEVICE_MAX = 8 * MIB;
    /// Borne of the process's: it also compiles, keeps evidence and fragments its heap. The Java heap is all there from the start.
    private static final long RESIDENT_MAX = 16 * MIB;
    private static final double TURN_SECONDS = 0.3;
    private static final int[] UNDER_WAY = {1, 8, 3};
    private static final int ROWS = 12;

    private final Task task;
    private final List<Sample> device = new ArrayList<>();
    private final List<Sample> resident = new ArrayList<>();

    SoakStudy(Task task) {
        this.task = task;
    }

    /// Soaks until the time is up, and writes the section now and then.
    ///
    /// @throws IllegalStateException when memory grew by more than is borne
    void run() throws IOException, OrtException {
        Engines engines = new Engines(task.device(), event -> {});
        int halvings = task.halvings();
        try (DeviceMemory memory = DeviceMemory.of(task.device());
                EngineSide side = engines.shadowed(Workload.MEMORY.subject(halvings), Isolation.PACED)) {
            double left = task.secondsLeft();
            double cycleSeconds = 0;
            while (device.isEmpty() || task.secondsLeft() > cycleSeconds * 2) {
                double before = task.secondsLeft();
                cycle(side);
                cycleSeconds = before - task.secondsLeft();
                double seconds = left - task.secondsLeft();
                device.add(new Sample(seconds, memory.usedBytes()));
                resident.add(new Sample(seconds, ServerProcess.residentBytes(ProcessHandle.current().pid())));
                task.write(section(Workload.MEMORY.described(halvings), side));
            }
            side.check();
        }
        if ((!task.onCpu() && !Growth.of(device, DEVICE_MAX).borne()) || !Growth.of(resident, RESIDENT_MAX).borne()) {
            throw new IllegalStateException("memory grows by more than is borne");
        }
    }

    private static void cycle(EngineSide side) throws IOException {
        for (double rate : new double[]{0, 1}) {
            side.mirror(rate);
            for (int underWay : UNDER_WAY) {
                var unused = new ClosedLoop(underWay, TURN_SECONDS).perSecond(side);
            }
            var unused = Shadowed.awaitEnd(side, 0);
        }
    }

    private String section(String model, EngineSide side) {
        StringBuilder text = new StringBuilder(String.format(Locale.ROOT,
                """
                        ## Two sessions by turns

                        %s; the champion alone and shadowed, %d cycles in %.0f s, %d answers, %d of them compared. The first minute \
                        does not count, of a shorter soak its first quarter; the rest counts as five minutes at least.

                        | memory | grown, MiB | MiB a minute | borne | held |
                        |---|---|---|---|---|
                        """,
                model, device.size(), device.getLast().seconds(), side.statistics().success().count(),
                side.shadowed().compared()));
        if (!task.onCpu()) {
            text.append("| of the GPU, in use ").append(Growth.of(device, DEVICE_MAX).cells()).append('\n');
        }
        text.append("| of the process, resident ").append(Growth.of(resident, RESIDENT_MAX).cells()).append('\n');
        text.append(task.onCpu()
                ? "\n| s | MiB resident |\n|---|---|\n"
                : "\n| s | MiB of the GPU | MiB resident |\n|---|---|---|\n");
        int step = Math.max(1, device.size() / ROWS);
        for (int at = 0; at < device.size(); at += step) {
            text.append("| ").append(Mark.text(device.get(at).seconds()))
                    .append(task.onCpu() ? "" : mebibytes(device, at))
                    .append(mebibytes(resident, at)).append(" |\n");
        }
        return text.append('\n').toString();
    }

    private static String mebibytes(List<Sample> samples, int at) {
        return String.format(Locale.ROOT, " | %.1f", samples.get(at).bytes() / (double) MIB);
    }
}
