package dev.understudy.benchmarks.gpu;

import ai.onnxruntime.OrtException;
import dev.understudy.benchmarks.Mark;
import dev.understudy.benchmarks.lane.Subject;
import dev.understudy.model.TensorDeclarations;
import dev.understudy.runtime.CudaSettings;
import dev.understudy.runtime.DeviceRefusedException;
import dev.understudy.runtime.Isolation;
import dev.understudy.runtime.Lane;
import dev.understudy.runtime.Lanes;
import dev.understudy.runtime.ModelLoadException;
import dev.understudy.runtime.OpenedDevice;
import dev.understudy.runtime.OrtInstance;
import dev.understudy.runtime.Probation;
import dev.understudy.runtime.RunFailedException;
import dev.understudy.runtime.Trial;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/// Which part of letting a challenger in holds up the champion: a session of the champion's lane runs on and on, and each step
/// that a challenger goes through in the other lane is set against the longest of its runs meanwhile. No engine. Not
/// thread-safe; owned by the thread that measures.
final class PhasesStudy {
    private static final long BETWEEN_RUNS_NANOS = TimeUnit.MICROSECONDS.toNanos(300);
    private static final Duration QUIET = Duration.ofSeconds(1);
    private static final int[] ROWS = {1, 2, 4, 8, 16, 32};

    private final Task task;
    private final List<Phase> phases = new ArrayList<>();
    private final List<long[]> runs = Collections.synchronizedList(new ArrayList<>());

    /// A step.
    private record Phase(String what, long begin, long end) {}

    /// A step's work.
    private interface Work {
        void run() throws IOException, ModelLoadException, RunFailedException;
    }

    PhasesStudy(Task task) {
        this.task = task;
    }

    /// Measures, and writes the section.
    void run() throws IOException, OrtException {
        int halvings = task.halvings();
        Subject subject = Workload.GEMM.subject(halvings);
        Path folder = Files.createTempDirectory("understudy-phases");
        Path model = folder.resolve("model.onnx");
        Files.write(model, subject.model());
        OpenedDevice device;
        try {
            device = OpenedDevice.open(task.device(), CudaSettings.DEFAULT, Isolation.PACED, note -> {}, note -> {});
        } catch (DeviceRefusedException e) {
            throw new IOException(e.getMessage(), e);
        }
        try (Lanes lanes = device.lanes(); Probation probation = new Probation(Duration.ofMinutes(1), device.cuda())) {
            AtomicBoolean over = new AtomicBoolean();
            FutureTask<Integer> champion = new FutureTask<>(() -> serve(lanes.champion(), model, over));
            lanes.champion().start("phases", champion);
            while (runs.size() < 100 && !champion.isDone()) {
                LockSupport.parkNanos(BETWEEN_RUNS_NANOS);
            }
            try {
                for (int round = 1; round <= 2; round++) {
                    challenge(lanes.challenger(), model, probation, round);
                }
            } finally {
                over.set(true);
            }
            champion.get();
        } catch (ExecutionException e) {
            throw new IOException("a session failed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            Files.delete(model);
            Files.delete(folder);
        }
        task.write(section(Workload.GEMM.described(halvings)));
    }

    private int serve(Lane lane, Path model, AtomicBoolean over) throws ModelLoadException, RunFailedException {
        try (OrtInstance instance = lane.load("champion", model, lane.intraOpThreads(1), TensorDeclarations.NONE)) {
            Trial.run(instance, List.of());
            List<Tensor> inputs = inputs(instance, 1);
            while (!over.get()) {
                long begin = System.nanoTime();
                instance.runAlone(inputs);
                runs.add(new long[]{begin, System.nanoTime()});
                LockSupport.parkNanos(BETWEEN_RUNS_NANOS);
            }
            return 0;
        }
    }

    private static List<Tensor> inputs(OrtInstance instance, long rows) {
        Shape shape = instance.signature().inputs().getFirst().shape().withRows(rows);
        return List.of(Tensor.ofFloats("input", shape, new float[(int) shape.elements()]));
    }

    private void challenge(Lane lane, Path model, Probation probation, int round)
            throws ExecutionException, InterruptedException {
        lane.call("phases", () -> {
            String which = " (" + round + ")";
            phase("nothing" + which, () -> LockSupport.parkNanos(QUIET.toNanos()));
            phase("probation in a process of its own" + which,
                    () -> System.out.println(probation.examine(model, false, 1, TensorDeclarations.NONE, List.of())));
            OrtInstance[] loaded = new OrtInstance[1];
            phase("the session is made" + which,
                    () -> loaded[0] = lane.load("challenger", model, lane.intraOpThreads(1), TensorDeclarations.NONE));
            try (OrtInstance instance = loaded[0]) {
                phase("its first run" + which, () -> instance.runAlone(inputs(instance, 1)));
                phase("its trial: small batches, the proof of its stream" + which,
                        () -> Trial.run(instance, List.of()));
                for (int rows : ROWS) {
                    phase("three runs of " + rows + " rows" + which, () -> repeat(instance, rows));
                }
                phase("the same runs again" + which, () -> {
                    for (int rows : ROWS) {
                        repeat(instance, rows);
                    }
                });
                phase("nothing, with two sessions" + which, () -> LockSupport.parkNanos(QUIET.toNanos()));
                phases.add(new Phase("the session is closed" + which, System.nanoTime(), Long.MAX_VALUE));
            }
            Phase open = phases.removeLast();
            phases.add(new Phase(open.what, open.begin, System.nanoTime()));
            return Optional.empty();
        });
    }

    private static void repeat(OrtInstance instance, int rows) throws RunFailedException {
        for (int i = 0; i < 3; i++) {
            instance.runAlone(inputs(instance, rows));
        }
    }

    private void phase(String what, Work work) throws IOException, ModelLoadException, RunFailedException {
        long begin = System.nanoTime();
        work.run();
        phases.add(new Phase(what, begin, System.nanoTime()));
    }

    private String section(String model) {
        StringBuilder text = new StringBuilder(String.format(Locale.ROOT, """
                ## What letting a challenger in does to a champion, step by step

                %s; the champion runs one row after another, %.1f ms apart. No pacing: each step at once.

                | step | it takes, ms | champion runs meanwhile | p50 ms | longest ms |
                |---|---|---|---|---|
                """, model, BETWEEN_RUNS_NANOS / 1e6));
        for (Phase phase : phases) {
            double[] millis = runs.stream().filter(run -> run[0] < phase.end && run[1] > phase.begin)
                    .mapToDouble(run -> (run[1] - run[0]) / 1e6).sorted().toArray();
            text.append(String.format(Locale.ROOT, "| %s | %s | %d | %s | %s |%n", phase.what,
                    Mark.text((phase.end - phase.begin) / 1e6), millis.length,
                    millis.length == 0 ? "" : Mark.text(millis[millis.length / 2]),
                    millis.length == 0 ? "" : Mark.text(millis[millis.length - 1])));
        }
        return text.append('\n').toString();
    }
}
