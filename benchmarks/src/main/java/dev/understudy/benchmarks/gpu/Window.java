package dev.understudy.benchmarks.gpu;

import dev.understudy.benchmarks.lane.Arrivals;
import dev.understudy.benchmarks.lane.EngineSide;
import dev.understudy.benchmarks.lane.OpenLoop;
import dev.understudy.benchmarks.lane.OpenLoop.Outcome;
import dev.understudy.benchmarks.lane.Shadowed;
import java.io.IOException;

/// One engine's turn under load. Immutable.
///
/// @param outcome what those who asked saw
/// @param done    what the engine did, until the last mirrored request was done with
record Window(Outcome outcome, Reading done) {
    /// Loads `side`, and lets it rest until nothing is left to do.
    static Window measure(EngineSide side, OpenLoop loop, Arrivals arrivals) throws IOException {
        Reading before = Reading.of(side);
        Outcome outcome = loop.run(side, arrivals);
        var unused = Shadowed.awaitEnd(side, before.shadowed().served() + outcome.answers());
        return new Window(outcome, Reading.of(side).since(before));
    }
}
