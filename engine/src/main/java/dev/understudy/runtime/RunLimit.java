package dev.understudy.runtime;

import dev.understudy.ffm.ort.Invocation;
import dev.understudy.ffm.ort.OrtFailure;

/// Ends a run from outside. Thread-safe: the instance's thread says when a run begins and ends, any other may cancel it.
final class RunLimit {
    private final Invocation invocation;
    private final Object lock = new Object();
    private boolean running;
    private boolean cancelled;
    private long startNanos;

    RunLimit(Invocation invocation) {
        this.invocation = invocation;
    }

    void begin() {
        synchronized (lock) {
            running = true;
            startNanos = System.nanoTime();
        }
    }

    /// Returns whether the run had been cancelled, and makes the next one possible.
    boolean end() throws OrtFailure {
        synchronized (lock) {
            boolean was = cancelled;
            running = false;
            cancelled = false;
            if (was) {
                invocation.resume();
            }
            return was;
        }
    }

    /// Cancels the run in progress, if any, when it has lasted longer than this.
    void cancelOlderThan(long ageNanos) {
        synchronized (lock) {
            if (running && !cancelled && System.nanoTime() - startNanos > ageNanos) {
                cancelled = true;
                try {
                    invocation.terminate();
                } catch (OrtFailure e) {
                    throw new IllegalStateException("cannot cancel a run", e);
                }
            }
        }
    }
}
