package dev.understudy.benchmarks.gpu;

import ai.onnxruntime.OrtException;
import dev.understudy.benchmarks.Mark;
import dev.understudy.benchmarks.lane.ClosedLoop;
import dev.understudy.benchmarks.lane.EngineSide;
import dev.understudy.benchmarks.lane.Shadowed;
import dev.understudy.runtime.Isolation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Whether memory grows when two sessions on one device run by turns: the champion alone, then with its challenger, one
/// request at a time and many, over and over (microsoft/onnxruntime#29351). Not thread-safe; owned by the thread that measures.
final class SoakStudy {
    private static final double MIB = 1024.0 * 1024;
    private static final double TURN_SECONDS = 0.3;
    private static final int[] UNDER_WAY = {1, 8, 3};
    /// Memory is taken for each batch size once; only what comes after these cycles is growth.
    private static final double WARMING_SHARE = 0.25;
    private static final int ROWS = 12;

    private final Task task;

    /// Memory after a cycle.
    private record Sample(double seconds, double usedMiB, long answers) {}

    SoakStudy(Task task) {
        this.task = task;
    }

    /// Soaks until the time is up, and writes the section now and then.
    void run() throws IOException, OrtException {
        Engines engines = new Engines(task.device(), event -> {});
        int halvings = task.halvings();
        try (DeviceMemory memory = DeviceMemory.of(task.device());
                EngineSide side = engines.shadowed(Workload.MEMORY.subject(halvings), Isolation.PACED)) {
            double left = task.secondsLeft();
            double cycleSeconds = 0;
            List<Sample> samples = new ArrayList<>();
            while (samples.isEmpty() || task.secondsLeft() > cycleSeconds * 2) {
                double before = task.secondsLeft();
                cycle(side);
                cycleSeconds = before - task.secondsLeft();
                samples.add(new Sample(left - task.secondsLeft(), memory.usedBytes() / MIB,
                        side.statistics().success().count()));
                task.write(section(Workload.MEMORY.described(halvings), samples, side));
            }
            side.check();
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

    private String section(String model, List<Sample> samples, EngineSide side) {
        Sample first = samples.get((int) (samples.size() * WARMING_SHARE));
        Sample last = samples.getLast();
        StringBuilder text = new StringBuilder(String.format(Locale.ROOT,
                """
                        ## Two sessions by turns

                        %s; the champion alone and shadowed, %d cycles in %.0f s, %d answers, %d of them compared. Memory in use %s: \
                        **%+.1f MiB** from %.0f s on.

                        | s | MiB in use | answers |
                        |---|---|---|
                        """,
                model, samples.size(), last.seconds, last.answers, side.shadowed().compared(),
                task.onCpu() ? "of the process" : "on the device", last.usedMiB - first.usedMiB, first.seconds));
        int step = Math.max(1, samples.size() / ROWS);
        for (int at = 0; at < samples.size(); at += step) {
            Sample sample = samples.get(at);
            text.append(String.format(Locale.ROOT, "| %s | %.1f | %d |%n", Mark.text(sample.seconds), sample.usedMiB,
                    sample.answers));
        }
        return text.append('\n').toString();
    }
}
