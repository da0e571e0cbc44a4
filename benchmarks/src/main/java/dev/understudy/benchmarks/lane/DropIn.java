package dev.understudy.benchmarks.lane;

import ai.onnxruntime.OrtException;
import dev.understudy.benchmarks.lane.Timeline.Curve;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// Draws the champion's latency over time while a challenger's file is dropped into the repository, without isolation and
/// paced: one engine after the other, in this process, at half load, every request mirrored.
public final class DropIn {
    private static final double BEFORE_SECONDS = 6;
    private static final double AFTER_SECONDS = 18;
    private static final long WINDOW_MILLIS = 250;
    private static final double LOAD = 0.5;

    private DropIn() {}

    /// One engine's run.
    ///
    /// @param shadowingSeconds from the drop until the challenger shadowed
    private record Scene(Curve p50, Curve p99, double shadowingSeconds, Shadowed shadowed) {}

    /// Writes the chart.
    ///
    /// @param args the PNG file, and the seed
    public static void main(String[] args) throws IOException, OrtException {
        OpenLoop.wakePunctually();
        long seed = args.length > 1 ? Long.parseLong(args[1]) : 1;
        Subject subject = Subject.mlp();
        List<Scene> scenes = new ArrayList<>();
        double perSecond = 0;
        for (Mode mode : List.of(Mode.NONE, Mode.PACED)) {
            try (Sides sides = new Sides()) {
                EngineSide side = EngineSide.alone(mode, subject);
                sides.add(side);
                double sequential = sides.warmUp(side).sequential();
                perSecond = perSecond == 0 ? sequential * LOAD : perSecond;
                Scene scene = play(mode.label(), side, perSecond, seed);
                scenes.add(scene);
                System.out.printf(Locale.ROOT, "%s: shadowing %.1f s after the drop; %s%n", mode.label(),
                        scene.shadowingSeconds, scene.shadowed);
            }
        }
        String title = String.format(Locale.ROOT, "Champion latency while a challenger is dropped in (%.0f requests/s)",
                perSecond);
        LatencyChart.write(Path.of(args[0]), title,
                scenes.stream().flatMap(scene -> List.of(scene.p99, scene.p50).stream()).toList(),
                scenes.getLast().shadowingSeconds, -BEFORE_SECONDS, AFTER_SECONDS);
    }

    private static Scene play(String name, EngineSide side, double perSecond, long seed) throws IOException {
        long begin = System.nanoTime();
        long drop = begin + (long) (BEFORE_SECONDS * TimeUnit.SECONDS.toNanos(1));
        double seconds = BEFORE_SECONDS + AFTER_SECONDS;
        Timeline timeline = new Timeline(begin, WINDOW_MILLIS,
                (int) (seconds * TimeUnit.SECONDS.toMillis(1) / WINDOW_MILLIS));
        CompletableFuture<Long> shadowing = CompletableFuture.supplyAsync(() -> dropAt(side, drop),
                task -> Thread.ofPlatform().name("dropper").daemon(true).start(task));
        new OpenLoop(0, seconds).run((due, answers) -> side.send(due, new Sender.Answers() {
            @Override
            public void answered(long dueNanos) {
                timeline.record(dueNanos);
                answers.answered(dueNanos);
            }

            @Override
            public void refused(long dueNanos) {
                answers.refused(dueNanos);
            }
        }), new Arrivals(perSecond, seed));
        try {
            double shadowingSeconds = (shadowing.join() - drop) / (double) TimeUnit.SECONDS.toNanos(1);
            return new Scene(timeline.curve("p50, " + name, 50, drop), timeline.curve("p99, " + name, 99, drop),
                    shadowingSeconds, side.shadowed());
        } catch (CompletionException e) {
            throw new IOException("the challenger was not taken", e);
        }
    }

    /// Drops the file when it is time, and returns when the challenger shadowed.
    private static Long dropAt(EngineSide side, long nanos) {
        try {
            for (long left = nanos - System.nanoTime(); left > 0; left = nanos - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
            side.dropChallenger();
            side.awaitShadowing();
            return System.nanoTime();
        } catch (IOException e) {
            throw new CompletionException(e);
        }
    }
}
