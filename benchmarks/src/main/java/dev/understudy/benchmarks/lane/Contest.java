package dev.understudy.benchmarks.lane;

import dev.understudy.benchmarks.Mark;
import dev.understudy.benchmarks.lane.OpenLoop.Outcome;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/// Sides that take turns under the same load, round after round. In a round all get the same arrivals, and each round
/// begins with another side. Immutable.
///
/// @param what      that is measured, for who watches
/// @param perSecond requests sent
/// @param loop      one turn
/// @param seed      of the first round's arrivals
record Contest(String what, double perSecond, OpenLoop loop, long seed) {
    /// Runs `rounds` rounds behind one that is not recorded, prints their table, and returns what they showed. The one before
    /// is for what the JVM compiles only after the thousandth comparison or the twentieth commit.
    Results run(List<Side> sides, int rounds) throws IOException {
        Results results = new Results();
        List<Side> order = new ArrayList<>(sides);
        for (Side side : sides) {
            side.check();
            var unused = turn(side, new Arrivals(perSecond, seed));
        }
        Machine before = Machine.now();
        long beganNanos = System.nanoTime();
        for (int round = 0; round < rounds; round++) {
            long roundSeed = seed + round;
            for (Side side : order) {
                results.add(side, turn(side, new Arrivals(perSecond, roundSeed)));
            }
            System.err.println(what + ": round " + (round + 1) + " of " + rounds);
            Collections.rotate(order, 1);
        }
        System.out.printf(Locale.ROOT,
                "%s, %.0f requests/s, Poisson, seeds %d to %d, %d rounds; requests were sent %s ms late at p50, %s at p99; %s.%n%n%s%n",
                what, perSecond, seed, seed + rounds - 1, rounds,
                Mark.text(results.rounds(sides.getFirst().name(), turn -> turn.lateMillis(50)).median()),
                Mark.text(results.rounds(sides.getFirst().name(), turn -> turn.lateMillis(99)).median()),
                Machine.now().disturbance(before, System.nanoTime() - beganNanos), results.table(sides));
        return results;
    }

    private Turn turn(Side side, Arrivals arrivals) throws IOException {
        Shadowed before = Shadowed.awaitEnd(side, 0);
        double cpuBefore = side.cpuSeconds();
        Outcome outcome = loop.run(side, arrivals);
        Shadowed after = Shadowed.awaitEnd(side, before.served() + outcome.answers());
        double cpuSeconds = side.cpuSeconds() - cpuBefore;
        long residentBytes = side.residentBytes();
        side.check();
        return new Turn(outcome, after.since(before), cpuSeconds, side.inProcess() ? outcome.senderSeconds() : 0,
                residentBytes);
    }
}
