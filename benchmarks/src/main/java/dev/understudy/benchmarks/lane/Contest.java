package dev.understudy.benchmarks.lane;

import dev.understudy.benchmarks.Mark;
import dev.understudy.benchmarks.lane.OpenLoop.Outcome;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Sides that take turns under the same load, round after round. Within a round they take many short turns, so that what
/// disturbs the machine for longer than a turn meets all of them; a side's turns of a round count as one. All get the same arrivals
/// each time, and each time another side begins. Immutable.
///
/// @param what      that is measured, for who watches
/// @param perSecond requests sent
/// @param loop      one turn
/// @param turns     of each side in a round
/// @param seed      of the first arrivals
record Contest(String what, double perSecond, OpenLoop loop, int turns, long seed) {
    /// Runs `rounds` rounds behind one that is not recorded, prints their table, and returns what they showed. The one before
    /// is for what the JVM compiles only after the thousandth comparison or the twentieth commit.
    Results run(List<Side> sides, int rounds) throws IOException {
        Results results = new Results();
        List<Side> order = new ArrayList<>(sides);
        for (Side side : sides) {
            check(side);
            var unused = turn(side, new Arrivals(perSecond, seed));
        }
        Machine before = Machine.now();
        long beganNanos = System.nanoTime();
        for (int round = 0; round < rounds; round++) {
            Map<Side, Turn> sums = new LinkedHashMap<>();
            for (int turn = 0; turn < turns; turn++) {
                long turnSeed = seed + (long) round * turns + turn;
                for (Side side : order) {
                    sums.merge(side, turn(side, new Arrivals(perSecond, turnSeed)), Turn::plus);
                }
                Collections.rotate(order, 1);
            }
            sums.forEach(results::add);
            System.err.println(what + ": round " + (round + 1) + " of " + rounds);
        }
        System.out.printf(Locale.ROOT,
                "%s, %.0f requests/s, Poisson, seeds from %d, %d rounds of %d turns of %s s; requests were sent %s ms late at p50, %s at p99; %s.%n%n%s%n",
                what, perSecond, seed, rounds, turns, Mark.text(loop.seconds()),
                Mark.text(results.rounds(sides.getFirst().name(), turn -> turn.lateMillis(50)).median()),
                Mark.text(results.rounds(sides.getFirst().name(), turn -> turn.lateMillis(99)).median()),
                Machine.now().disturbance(before, System.nanoTime() - beganNanos), results.table(sides));
        return results;
    }

    private Turn turn(Side side, Arrivals arrivals) throws IOException {
        Shadowed before = Shadowed.awaitEnd(side, 0);
        DeviceSeconds deviceBefore = side.deviceSeconds();
        double cpuBefore = side.cpuSeconds();
        Outcome outcome = loop.run(side, arrivals);
        Shadowed after = Shadowed.awaitEnd(side, before.served() + outcome.answers());
        double cpuSeconds = side.cpuSeconds() - cpuBefore;
        DeviceSeconds device = side.deviceSeconds().since(deviceBefore);
        long residentBytes = side.residentBytes();
        check(side);
        return new Turn(outcome, after.since(before), device, cpuSeconds,
                side.inProcess() ? outcome.senderSeconds() : 0,
                residentBytes);
    }

    /// Also this request is booked only after its answer; left to itself it would be booked in the next turn.
    private static void check(Side side) throws IOException {
        long served = Shadowed.awaitEnd(side, 0).served();
        side.check();
        var unused = Shadowed.awaitEnd(side, served + 1);
    }
}
