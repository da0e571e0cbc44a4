package dev.understudy.cli;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/// Something that starts on a thread of its own, because loading models takes long and a stop must not wait for it. Not
/// thread-safe; owned by the thread that creates it.
final class Startup<T extends AutoCloseable> {
    private static final long POLL_MILLIS = 20;
    private static final long ABANDON_MILLIS = 1_000;

    private final CompletableFuture<T> outcome = new CompletableFuture<>();
    private final Thread thread;

    /// Begins at once.
    Startup(Callable<T> start) {
        thread = Thread.ofPlatform().daemon().name("start").start(() -> run(start));
    }

    private void run(Callable<T> start) {
        try {
            T started = start.call();
            if (!outcome.complete(started)) {
                started.close();
            }
        } catch (Throwable e) {
            outcome.completeExceptionally(e);
        }
    }

    /// True when the start has ended, well or not; false when a stop was asked for before that.
    boolean await(StopSignals signals) throws InterruptedException {
        while (!outcome.isDone()) {
            if (signals.await(POLL_MILLIS)) {
                return outcome.isDone();
            }
        }
        return true;
    }

    /// Gives the start up. What had started is closed if that is possible at once; a start that still blocks is left to
    /// the end of the process.
    void abandon() throws InterruptedException {
        outcome.cancel(false);
        thread.join(ABANDON_MILLIS);
    }

    /// What has started, or the failure it ended with. Call it after [#await].
    T result() throws Exception {
        try {
            return outcome.get();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case Exception cause -> throw cause;
                case Error cause -> throw cause;
                case null, default -> throw new IllegalStateException(e);
            }
        }
    }
}
