package dev.understudy.benchmarks.lane;

import dev.understudy.benchmarks.Mark;
import dev.understudy.benchmarks.lane.OpenLoop.Outcome;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// Sides that take turns under the same load, round after round. In a round all get the same arrivals, and each round
/// begins with another side. Immutable.
///
/// @param what      that is measured, for who watches
/// @param perSecond requests sent
/// @param loop      one turn
/// @param seed      of the first round's arrivals
record Contest(String what, double perSecond, OpenLoop loop, long seed) {
    private static final long DRAIN_NANOS_MAX = TimeUnit.SECONDS.toNanos(60);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    /// Runs `rounds` rounds, prints their table, and returns what they showed.
    Results run(List<Side> sides, int rounds) throws IOException {
        Results results = new Results();
        List<Side> order = new ArrayList<>(sides);
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
        side.check();
        await(side);
        Shadowed shadowedBefore = side.shadowed();
        double cpuBefore = side.cpuSeconds();
        Outcome outcome = loop.run(side, arrivals);
        await(side);
        double cpuSeconds = side.cpuSeconds() - cpuBefore;
        Shadowed added = side.shadowed().since(shadowedBefore);
        long residentBytes = side.residentBytes();
        side.check();
        return new Turn(outcome, added, cpuSeconds, side.inProcess() ? outcome.senderSeconds() : 0, residentBytes);
    }

    /// Waits until the shadow has worked off what it was given.
    private static void await(Side side) throws IOException {
        long end = System.nanoTime() + DRAIN_NANOS_MAX;
        while (side.shadowed().inFlight() > 0) {
            if (System.nanoTime() > end) {
                throw new IOException("the shadow of " + side.name() + " never ends: " + side.shadowed());
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }
}
