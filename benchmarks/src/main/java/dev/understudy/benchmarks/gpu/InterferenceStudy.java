package dev.understudy.benchmarks.gpu;

import ai.onnxruntime.OrtException;
import dev.understudy.benchmarks.Mark;
import dev.understudy.benchmarks.lane.Arrivals;
import dev.understudy.benchmarks.lane.ClosedLoop;
import dev.understudy.benchmarks.lane.EngineSide;
import dev.understudy.benchmarks.lane.OpenLoop;
import dev.understudy.benchmarks.lane.Sender;
import dev.understudy.engine.EngineConfig.LogEvent;
import dev.understudy.runtime.Isolation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/// What loading and closing a challenger does to the champion it is loaded beside: challengers come and go while the champion
/// serves, and each thing the engine says of them is set against the worst latency in the second around it. Not
/// thread-safe; owned by the thread that measures.
final class InterferenceStudy {
    private static final double LOAD = 0.3;
    private static final long SEED = 1;
    private static final double WARMING_SECONDS = 1;
    private static final double REST_SECONDS = 1.5;
    private static final double TEAR_DOWN_SECONDS = 4;
    private static final long HALF_SECOND_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final Task task;
    private final Queue<Moment> moments = new ConcurrentLinkedQueue<>();

    /// Something that happened.
    ///
    /// @param quiet nothing was going on half a second before it and after it
    private record Moment(long nanos, String what, boolean quiet) {}

    InterferenceStudy(Task task) {
        this.task = task;
    }

    /// Measures, and writes the section.
    void run() throws IOException, OrtException {
        Workload workload = Workload.GEMM;
        int halvings = task.halvings();
        Engines engines = new Engines(task.device(), this::note);
        try (EngineSide side = engines.alone("interference", workload.subject(halvings), Isolation.PACED)) {
            for (int underWay : new int[]{4, 1}) {
                var unused = new ClosedLoop(underWay, WARMING_SECONDS).perSecond(side);
            }
            double perSecond = new ClosedLoop(1, WARMING_SECONDS).perSecond(side) * LOAD;
            side.check();
            moments.clear();
            double seconds = Math.max(4 * REST_SECONDS, task.secondsLeft() - TEAR_DOWN_SECONDS);
            long begin = System.nanoTime();
            WorstLatency worst = new WorstLatency(begin, seconds);
            AtomicBoolean over = new AtomicBoolean();
            CompletableFuture<Integer> comings = CompletableFuture.supplyAsync(
                    () -> comeAndGo(side, begin + (long) (seconds * TimeUnit.SECONDS.toNanos(1)), over),
                    body -> Thread.ofPlatform().name("comings").daemon(true).start(body));
            try {
                load(side, seconds, perSecond, worst);
            } finally {
                over.set(true);
            }
            task.write(section(workload.described(halvings), perSecond, worst, begin, comings.join()));
        } catch (CompletionException e) {
            throw new IOException("a challenger did not come or go", e);
        }
    }

    private void note(LogEvent event) {
        moments.add(new Moment(System.nanoTime(), "the engine: " + event.message(), false));
    }

    private void mark(String what, boolean quiet) {
        moments.add(new Moment(System.nanoTime(), what, quiet));
    }

    private static void load(EngineSide side, double seconds, double perSecond, WorstLatency worst)
            throws IOException {
        new OpenLoop(0, seconds).run((due, answers) -> side.send(due, new Sender.Answers() {
            @Override
            public void answered(long dueNanos) {
                worst.record(dueNanos, System.nanoTime());
                answers.answered(dueNanos);
            }

            @Override
            public void refused(long dueNanos) {
                answers.refused(dueNanos);
            }
        }), new Arrivals(perSecond, SEED));
    }

    /// Challenger after challenger, as long as another fits.
    ///
    /// @return how many
    private int comeAndGo(EngineSide side, long endNanos, AtomicBoolean over) {
        try {
            int count = 0;
            long tookNanos = 0;
            rest();
            for (long began = System.nanoTime(); !over.get() && began + tookNanos < endNanos; began = System
                    .nanoTime()) {
                count++;
                mark("nothing goes on", true);
                rest();
                mark("a challenger's file is put in", false);
                side.dropChallenger(count);
                side.awaitShadowing();
                mark("it shadows", false);
                rest();
                mark("it has shadowed for " + Mark.text(REST_SECONDS) + " s", true);
                rest();
                mark("its file is taken out", false);
                side.withdrawChallenger(count);
                while (!side.status().challengers().isEmpty() && side.isShadowing() && !over.get()) {
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
                }
                mark("it has gone", false);
                rest();
                tookNanos = System.nanoTime() - began;
            }
            return count;
        } catch (IOException e) {
            throw new CompletionException(e);
        }
    }

    private static void rest() {
        long end = System.nanoTime() + (long) (REST_SECONDS * TimeUnit.SECONDS.toNanos(1));
        for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    private String section(String model, double perSecond, WorstLatency worst, long begin, int comings) {
        StringBuilder text = new StringBuilder(String.format(Locale.ROOT,
                """
                        ## Loading and closing a challenger under traffic

                        %s, %.0f requests/s (%.0f%% load), paced; %d challengers came and went.

                        | s | what | worst champion latency in the second around it, ms |
                        |---|---|---|
                        """, model, perSecond, LOAD * 100, comings));
        List<Double> quiet = new ArrayList<>();
        List<Double> busy = new ArrayList<>();
        for (Moment moment : moments) {
            double millis = worst.millis(moment.nanos - HALF_SECOND_NANOS, moment.nanos + HALF_SECOND_NANOS);
            (moment.quiet ? quiet : busy).add(millis);
            text.append(String.format(Locale.ROOT, "| %.2f | %s | %s |%n",
                    (moment.nanos - begin) / (double) TimeUnit.SECONDS.toNanos(1), moment.what.replace('|', '/'),
                    Mark.text(millis)));
        }
        return text.append(
                String.format(Locale.ROOT, "%nWorst in a quiet second %s ms, in any second around an event %s ms.%n%n",
                        Mark.text(most(quiet)), Mark.text(most(busy))))
                .toString();
    }

    private static double most(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).max().orElse(Double.NaN);
    }
}
