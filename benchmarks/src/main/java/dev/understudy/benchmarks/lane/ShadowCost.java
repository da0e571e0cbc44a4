package dev.understudy.benchmarks.lane;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Measures what shadowing costs the champion, for each model, load and way of sharing the machine, in process or over
/// HTTP, and prints a table for each model and load. No marks; those are [LaneMarks].
public final class ShadowCost {
    private static final List<Double> LOADS = List.of(0.3, 0.5, 0.7);
    private static final double OVERLOAD = 1.2;
    private static final double SENT_PER_SECOND_MAX = 50_000;
    private static final double SETTLE_SECONDS = 0.5;
    private static final int TURNS = 2;

    private final int rounds;
    private final OpenLoop loop;
    private final long seed;

    private ShadowCost(int rounds, double seconds, long seed) {
        this.rounds = rounds;
        this.loop = new OpenLoop(SETTLE_SECONDS, seconds / TURNS);
        this.seed = seed;
    }

    /// Measures everything.
    ///
    /// @param args `process` or `http`, the number of rounds, for how many seconds of a round each side is loaded, and the seed
    public static void main(String[] args) throws IOException, OrtException {
        OpenLoop.wakePunctually();
        ShadowCost cost = new ShadowCost(Integer.parseInt(args[1]), Double.parseDouble(args[2]),
                args.length > 3 ? Long.parseLong(args[3]) : 1);
        for (Subject subject : List.of(Subject.mlp(), Subject.conv(), Subject.digits())) {
            switch (args[0]) {
                case "process" -> cost.inProcess(subject);
                case "http" -> cost.overHttp(subject);
                default -> throw new IllegalArgumentException("process or http, not " + args[0]);
            }
        }
    }

    private void inProcess(Subject subject) throws IOException {
        try (Sides sides = new Sides()) {
            for (Mode mode : Mode.values()) {
                sides.add(EngineSide.of(mode, subject));
            }
            Capacity capacity = measure("In process, " + subject.name(), sides);
            // More than one thread can send is not asked for.
            if (capacity.saturated() <= SENT_PER_SECOND_MAX) {
                new Contest("In process, " + subject.name() + ", overload", capacity.saturated() * OVERLOAD, loop,
                        TURNS, seed)
                        .run(sides.all(), rounds);
            }
        }
    }

    private void overHttp(Subject subject) throws IOException {
        try (HttpStage stage = HttpStage.start(subject, List.of(Mode.NONE, Mode.PRIORITY, Mode.PACED),
                Optional.empty())) {
            measure("Over HTTP, " + subject.name(), stage.sides());
        }
    }

    private Capacity measure(String where, Sides sides) throws IOException {
        Capacity capacity = sides.warmUp(sides.all().getFirst());
        System.out.println(where + ": " + capacity + "\n");
        for (double load : LOADS) {
            String what = String.format(Locale.ROOT, "%s, %.0f%% load", where, load * 100);
            new Contest(what, capacity.sequential() * load, loop, TURNS, seed).run(sides.all(), rounds);
        }
        return capacity;
    }
}
