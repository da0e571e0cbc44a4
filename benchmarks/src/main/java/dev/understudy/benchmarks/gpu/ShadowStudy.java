package dev.understudy.benchmarks.gpu;

import ai.onnxruntime.OrtException;
import dev.understudy.benchmarks.Mark;
import dev.understudy.benchmarks.lane.Arrivals;
import dev.understudy.benchmarks.lane.ClosedLoop;
import dev.understudy.benchmarks.lane.EngineSide;
import dev.understudy.benchmarks.lane.Machine;
import dev.understudy.benchmarks.lane.OpenLoop;
import dev.understudy.benchmarks.lane.Subject;
import dev.understudy.engine.ModelStatus;
import dev.understudy.runtime.Isolation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

/// What shadowing costs the champion of one workload, by isolation and load: engines that take turns, all on the one device,
/// until the time is up. Not thread-safe; owned by the thread that measures.
final class ShadowStudy implements AutoCloseable {
    private static final long SEED = 1;
    /// Below it a second of load has too few answers for a tail.
    private static final double REQUESTS_PER_SECOND_MIN = 150;
    private static final double SETTLE_SECONDS = 0.2;
    private static final double WINDOW_SECONDS_MIN = 0.5;
    private static final double WINDOW_SECONDS_MAX = 3;
    /// One more, shorter and not recorded, is for what is compiled and allocated only under this load.
    private static final int ROUNDS_HOPED_FOR = 5;
    private static final int[] WARMING = {1, 4, 16};
    private static final double WARMING_SECONDS = 0.7;
    /// By then the engine's own code has been compiled.
    private static final double WARMING_SECONDS_LATER = 0.3;
    /// With less left there is no round for warming.
    private static final double SECONDS_FOR_WARMING = 30;

    private final Workload workload;
    private final Task task;
    private final Engines engines;
    private final List<Entry> entries = new ArrayList<>();
    private final List<EngineSide> open = new ArrayList<>();
    private final List<UnderLoad> loads = Stream.of(0.3, 0.6).map(load -> new UnderLoad(load, new Windows())).toList();
    private int halvings;
    private double modelMiB;
    private double sequential;
    private double saturated;

    /// What takes a turn in each round.
    ///
    /// @param side an engine, which may take several
    private record Entry(String mode, EngineSide side) {}

    /// What was measured under one load.
    ///
    /// @param share of what the champion alone answers to one caller
    private record UnderLoad(double share, Windows windows) {}

    ShadowStudy(Workload workload, Task task) {
        this.workload = workload;
        this.task = task;
        this.engines = new Engines(task.device(), event -> {});
        this.halvings = Math.min(task.halvings(), workload.halvingsMax());
    }

    /// Measures, and writes the section after each round.
    void run() throws IOException, OrtException {
        Subject subject = startAlone();
        for (Isolation isolation : Isolation.values()) {
            if (isolation == Isolation.PARTITIONED && task.onCpu()) {
                continue;
            }
            EngineSide side = engines.shadowed(subject, isolation);
            open.add(side);
            entries.add(new Entry(isolation.label(), side));
            warm(side, WARMING_SECONDS_LATER);
            say(isolation.label() + " shadows as " + achieved(side));
            // Between the modes, so that a round's two windows without a challenger are apart.
            if (isolation == Isolation.PRIORITY) {
                entries.add(new Entry(Windows.AGAIN, open.getFirst()));
            }
        }
        double perWindow = task.secondsLeft() / (ROUNDS_HOPED_FOR * loads.size() * entries.size());
        OpenLoop loop = new OpenLoop(SETTLE_SECONDS,
                Math.clamp(perWindow - 2 * SETTLE_SECONDS, WINDOW_SECONDS_MIN, WINDOW_SECONDS_MAX));
        List<Entry> order = new ArrayList<>(entries);
        if (task.secondsLeft() > SECONDS_FOR_WARMING) {
            OpenLoop warming = new OpenLoop(SETTLE_SECONDS, WINDOW_SECONDS_MIN);
            for (UnderLoad load : loads) {
                turns(order, load, warming, SEED - 1, (mode, window) -> {});
            }
        }
        Machine before = Machine.now();
        long beganNanos = System.nanoTime();
        double roundSeconds = 0;
        for (long seed = SEED; seed == SEED || task.secondsLeft() > roundSeconds * 1.2; seed++) {
            double leftBefore = task.secondsLeft();
            for (UnderLoad load : loads) {
                turns(order, load, loop, seed, load.windows::add);
                task.write(section(loop, Machine.now().disturbance(before, System.nanoTime() - beganNanos)));
            }
            roundSeconds = leftBefore - task.secondsLeft();
            say("round " + seed + " done, " + Math.round(task.secondsLeft()) + " s left");
            Collections.rotate(order, 1);
        }
    }

    /// Starts the engine without a challenger, with models so small that it answers often enough.
    private Subject startAlone() throws IOException, OrtException {
        while (true) {
            Subject subject = workload.subject(halvings);
            modelMiB = subject.model().length / (1024.0 * 1024);
            EngineSide alone = engines.alone(Windows.OFF, subject, Isolation.NONE);
            open.add(alone);
            alone.check();
            warm(alone, WARMING_SECONDS);
            sequential = new ClosedLoop(1, WARMING_SECONDS).perSecond(alone);
            say(String.format(Locale.ROOT, "%s, halved %d times: %.0f MiB, %.0f requests/s one by one",
                    workload.label(), halvings, modelMiB, sequential));
            if (sequential >= REQUESTS_PER_SECOND_MIN || halvings >= workload.halvingsMax()) {
                saturated = new ClosedLoop(64, WARMING_SECONDS).perSecond(alone);
                entries.add(new Entry(Windows.OFF, alone));
                return subject;
            }
            open.removeLast().close();
            halvings++;
        }
    }

    private static void warm(EngineSide side, double seconds) throws IOException {
        for (int underWay : WARMING) {
            var unused = new ClosedLoop(underWay, seconds).perSecond(side);
        }
    }

    /// One window of each, under the same arrivals.
    private void turns(List<Entry> order, UnderLoad load, OpenLoop loop, long seed, BiConsumer<String, Window> record)
            throws IOException {
        for (Entry entry : order) {
            Window window = Window.measure(entry.side, loop, new Arrivals(sequential * load.share, seed));
            entry.side.check();
            record.accept(entry.mode, window);
        }
    }

    private String section(OpenLoop loop, String disturbance) {
        StringBuilder text = new StringBuilder(String.format(Locale.ROOT,
                """
                        ## What shadowing costs, %s

                        %s; %.0f MiB each. Alone the champion answers %s requests/s to one caller and %s to 64. \
                        Windows of %.1f s, %s.

                        """,
                workload.label(), workload.described(halvings), modelMiB, Mark.text(sequential), Mark.text(saturated),
                loop.seconds(), disturbance));
        Map<String, String> achieved = new LinkedHashMap<>();
        entries.forEach(entry -> achieved.put(entry.mode, achieved(entry.side)));
        loads.stream().filter(load -> load.windows.rounds() > 0).forEach(load -> text.append(String.format(Locale.ROOT,
                """
                        %.0f%% load, %.0f requests/s, Poisson, %d rounds; sent %s ms late at p50, %s at p99:

                        %s
                        """,
                load.share * 100, sequential * load.share, load.windows.rounds(), load.windows.late(50),
                load.windows.late(99), load.windows.table(achieved))));
        entries.forEach(entry -> {
            ModelStatus.Effect effect = entry.side.status().effect();
            if (!Double.isNaN(effect.latency().p50())) {
                text.append(String.format(Locale.ROOT,
                        "The engine itself, %s: latency with the lane on over off %.2f at p50, %.2f at p95, %.2f at p99; duty %.2f.%n%n",
                        entry.mode, effect.latency().p50(), effect.latency().p95(), effect.latency().p99(),
                        effect.duty()));
            }
        });
        return text.toString();
    }

    private static String achieved(EngineSide side) {
        List<ModelStatus.Challenger> challengers = side.status().challengers();
        return challengers.isEmpty() ? "" : challengers.getFirst().isolation().label();
    }

    private static void say(String what) {
        System.out.println(what);
    }

    @Override
    public void close() throws IOException {
        for (EngineSide side : open.reversed()) {
            side.close();
        }
    }
}
