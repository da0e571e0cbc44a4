package dev.understudy.benchmarks.lane;

import ai.onnxruntime.OrtException;
import dev.understudy.benchmarks.Hogs;
import dev.understudy.benchmarks.Mark;
import dev.understudy.benchmarks.Mark.Bound;
import dev.understudy.benchmarks.Pauses;
import dev.understudy.benchmarks.Rounds;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// What the whole lane does to the JVM's pauses, watchdog and comparer and journal included: `System.gc()` again and again in
/// an engine that serves a steady load, with and without a challenger, while other processes keep every core busy twice over.
public final class LanePauses {
    private static final double REQUESTS_PER_SECOND = 100;
    private static final double SECONDS = 30;
    private static final double TAIL = 95;

    private LanePauses() {}

    /// Prints the mark; exits with 1 when it is missed.
    ///
    /// @param args the number of rounds
    public static void main(String[] args) throws IOException, InterruptedException, OrtException {
        Subject subject = Subject.mlp();
        List<Double> off = new ArrayList<>();
        List<Double> on = new ArrayList<>();
        try (Sides sides = new Sides()) {
            Side alone = sides.add(EngineSide.of(Mode.OFF, subject));
            Side shadowed = sides.add(EngineSide.of(Mode.PACED, subject));
            sides.warmUp(alone);
            try (Hogs _ = Hogs.start()) {
                for (int round = 0; round < Integer.parseInt(args[0]); round++) {
                    off.add(tail(alone, round));
                    on.add(tail(shadowed, round));
                }
            }
        }
        Mark mark = new Mark("p95 of System.gc(), saturated, a served engine: paced lane with watchdog / no challenger",
                rounds(on).over(rounds(off)), Bound.atMost(2, 1));
        System.out.println(Mark.table(List.of(mark)));
        System.exit(mark.met() ? 0 : 1);
    }

    private static double tail(Side side, long seed) throws InterruptedException {
        Shadowed before = shadowed(side);
        Thread load = Thread.ofPlatform().daemon(true).start(() -> load(side, seed));
        Pauses pauses = Pauses.measure();
        load.join();
        System.err.println(side.name() + ": " + pauses + "; shadowed meanwhile: " + shadowed(side).since(before));
        return pauses.millis(TAIL);
    }

    private static void load(Side side, long seed) {
        try {
            var unused = new OpenLoop(0, SECONDS).run(side, new Arrivals(REQUESTS_PER_SECOND, seed));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Shadowed shadowed(Side side) {
        try {
            return side.shadowed();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Rounds rounds(List<Double> millis) {
        return new Rounds(millis.stream().mapToDouble(Double::doubleValue).toArray());
    }
}
