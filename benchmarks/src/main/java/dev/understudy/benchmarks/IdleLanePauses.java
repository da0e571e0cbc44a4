package dev.understudy.benchmarks;

import dev.understudy.benchmarks.Mark.Bound;
import dev.understudy.ffm.Scheduling;
import dev.understudy.model.TensorDeclarations;
import dev.understudy.models.SyntheticModels;
import dev.understudy.runtime.ModelLoadException;
import dev.understudy.runtime.OrtInstance;
import dev.understudy.runtime.RunFailedException;
import dev.understudy.runtime.RunsOn;
import dev.understudy.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;

/// What a lane of the idle class does to the JVM's pauses: 100 times `System.gc()`, or as often as 20 seconds allow, while
/// other processes keep every core busy twice over, without a lane, with a session on an idle thread, and with the plain
/// way, a Java thread that enters the idle class and runs the session itself. Once with a model whose run takes a fraction
/// of a millisecond, and once with one that takes next to nothing, so that the lane's time is mostly Java. Before that, on a
/// machine that is not kept busy, what handing a run to an idle thread costs.
public final class IdleLanePauses {
    private static final int RUNS = 3_000;
    private static final double TAIL = 95;
    private static final double MEDIAN = 50;
    private static final double NANOS_PER_MICRO = 1_000;
    private static final Bound TWICE = Bound.atMost(2, 1);

    /// Who runs the lane's session.
    private enum Lane {
        OFF("no lane"), IDLE_THREAD("a session on an idle thread"), JAVA_THREAD("a Java thread in the idle class");

        final String words;

        Lane(String words) {
            this.words = words;
        }
    }

    private final Path model;
    private final int width;
    private final Map<Lane, List<Double>> tailMillis = new EnumMap<>(Lane.class);

    private IdleLanePauses(Path folder, int width, int layers) throws IOException {
        this.width = width;
        this.model = Files.write(folder.resolve(width + "x" + layers + ".onnx"), SyntheticModels.mlp(width, layers));
    }

    /// Prints the mark; exits with 1 when it is missed.
    ///
    /// @param args the number of rounds
    public static void main(String[] args) throws IOException, InterruptedException, ModelLoadException,
            RunFailedException {
        List<Mark> marks;
        try (Stage stage = new Stage(Files.createTempDirectory("understudy-benchmark-"))) {
            IdleLanePauses small = new IdleLanePauses(stage.folder(), 512, 10);
            IdleLanePauses tiny = new IdleLanePauses(stage.folder(), 16, 1);
            System.out.println("A run of one row, machine left alone: " + small.handOver() + "\n");
            saturated(Integer.parseInt(args[0]), List.of(small, tiny));
            marks = List.of(small.mark(Lane.IDLE_THREAD), small.mark(Lane.JAVA_THREAD), tiny.mark(Lane.IDLE_THREAD),
                    tiny.mark(Lane.JAVA_THREAD));
        }
        System.out.println(Mark.table(marks));
        System.exit(marks.get(0).met() && marks.get(2).met() ? 0 : 1);
    }

    private static void saturated(int rounds, List<IdleLanePauses> studies) throws IOException, InterruptedException {
        try (Hogs _ = Hogs.start()) {
            for (int round = 0; round < rounds; round++) {
                for (IdleLanePauses study : studies) {
                    for (Lane lane : Lane.values()) {
                        study.pauses(lane);
                    }
                }
            }
        }
    }

    private Mark mark(Lane lane) {
        return new Mark("p95 of System.gc(), saturated, " + model.getFileName() + ": " + lane.words + " / no lane",
                tails(lane).over(tails(Lane.OFF)), TWICE);
    }

    private Rounds tails(Lane lane) {
        return new Rounds(tailMillis.getOrDefault(lane, List.of()).stream().mapToDouble(x -> x).toArray());
    }

    /// The same session on its owner and on an idle thread, by turns.
    private String handOver() throws ModelLoadException, RunFailedException {
        Histogram direct = new Histogram(3);
        Histogram handed = new Histogram(3);
        try (OrtInstance owner = OrtInstance.load(model, 1); OrtInstance idle = idle()) {
            for (int i = 0; i < 2 * RUNS; i++) {
                long begin = System.nanoTime();
                run(owner);
                long between = System.nanoTime();
                run(idle);
                if (i >= RUNS) {
                    handed.recordValue(System.nanoTime() - between);
                    direct.recordValue(between - begin);
                }
            }
        }
        return "p50 " + micros(direct, MEDIAN) + ", p95 " + micros(direct, TAIL) + " us on its owner; p50 "
                + micros(handed, MEDIAN) + ", p95 " + micros(handed, TAIL) + " us on an idle thread";
    }

    private static String micros(Histogram histogram, double percentile) {
        return Mark.text(histogram.getValueAtPercentile(percentile) / NANOS_PER_MICRO);
    }

    private void pauses(Lane lane) throws InterruptedException {
        CountDownLatch started = new CountDownLatch(1);
        AtomicLong runs = new AtomicLong();
        Thread owner = Thread.ofPlatform().daemon(true).unstarted(() -> run(lane, runs, started));
        if (lane == Lane.OFF) {
            started.countDown();
        } else {
            owner.start();
        }
        started.await();
        Pauses pauses = Pauses.measure();
        owner.interrupt();
        owner.join();
        tailMillis.computeIfAbsent(lane, _ -> new ArrayList<>()).add(pauses.millis(TAIL));
        System.err.println(model.getFileName() + ", " + lane.words + ": " + pauses + "; the lane ran " + runs.get()
                + " times");
    }

    /// Runs without pause until interrupted.
    private void run(Lane lane, AtomicLong runs, CountDownLatch started) {
        if (lane == Lane.JAVA_THREAD) {
            require(Scheduling.enterIdle(0));
        }
        try (OrtInstance instance = lane == Lane.IDLE_THREAD ? idle() : OrtInstance.load(model, 1)) {
            run(instance);
            started.countDown();
            while (!Thread.currentThread().isInterrupted()) {
                run(instance);
                runs.incrementAndGet();
            }
        } catch (ModelLoadException | RunFailedException e) {
            throw new IllegalStateException(e);
        } finally {
            started.countDown();
        }
    }

    private OrtInstance idle() throws ModelLoadException {
        OrtInstance instance = OrtInstance.loadIdle(model, 1, TensorDeclarations.NONE);
        if (instance.runsOn() instanceof RunsOn.Owner(Optional<String> refusal)) {
            require(refusal);
        }
        return instance;
    }

    private static void require(Optional<String> refusal) {
        refusal.ifPresent(reason -> {
            throw new IllegalStateException("there is no idle class here: " + reason);
        });
    }

    private void run(OrtInstance instance) throws RunFailedException {
        instance.stage(0, Shape.of(1, width));
        instance.run();
    }
}
