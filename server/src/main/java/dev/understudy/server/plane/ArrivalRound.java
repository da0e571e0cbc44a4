package dev.understudy.server.plane;

import java.util.ArrayDeque;
import java.util.concurrent.Executor;

/// The requests that one round of an event loop has read, handed to the engine together once the round has read what
/// there is. Not thread-safe; owned by that event loop.
///
/// Handed over one by one, each would wake the champion's thread for itself. Together they cost one wake-up, and the
/// champion finds a batch waiting.
public final class ArrivalRound implements Runnable {
    /// A fuller round is handed over at once: the first in it has waited for the others' decoding.
    static final int ARRIVALS_MAX = 32;

    private final ArrayDeque<Runnable> arrivals = new ArrayDeque<>(ARRIVALS_MAX);

    /// Takes a hand-over.
    ///
    /// @param loop the event loop, which runs what it is given behind the round's reads
    public void add(Runnable handOver, Executor loop) {
        arrivals.add(handOver);
        if (arrivals.size() == ARRIVALS_MAX) {
            run();
        } else if (arrivals.size() == 1) {
            loop.execute(this);
        }
    }

    @Override
    public void run() {
        for (Runnable next = arrivals.poll(); next != null; next = arrivals.poll()) {
            Traffic.run(next);
        }
    }
}
