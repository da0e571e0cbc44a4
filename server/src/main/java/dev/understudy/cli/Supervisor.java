package dev.understudy.cli;

import dev.understudy.engine.EngineConfig.Level;
import dev.understudy.engine.EngineConfig.LogEvent;
import java.io.IOException;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Keeps one server running as a child process: starts it again when it crashed, passes a stop on, ends as it ended. Thread-safe
/// at [#stop] and [#kill].
final class Supervisor {
    private final Start start;
    private final Pause pause;
    private final LongSupplier nanoClock;
    private final Consumer<LogEvent> log;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private @Nullable Child child;

    /// A server process.
    interface Child {
        /// Waits until it has ended.
        ///
        /// @return as a shell has it: its exit code, or 128 plus the number of the signal that ended it
        int await() throws InterruptedException;

        /// Asks it to end in good order.
        void stop();

        /// Ends it at once.
        void kill();
    }

    /// Starts a server process.
    @FunctionalInterface
    interface Start {
        /// Starts the next.
        ///
        /// @param lastExit how the one before ended
        Child start(OptionalInt lastExit) throws IOException;
    }

    /// Waits for a stop between two servers.
    @FunctionalInterface
    interface Pause {
        /// Really waits.
        Pause REAL = (stopping, millis) -> stopping.await(millis, TimeUnit.MILLISECONDS);

        /// Waits.
        ///
        /// @param stopping open once a stop was asked for
        /// @return whether it was, within the time
        boolean await(CountDownLatch stopping, long millis) throws InterruptedException;
    }

    Supervisor(Start start, Pause pause, LongSupplier nanoClock, Consumer<LogEvent> log) {
        this.start = start;
        this.pause = pause;
        this.nanoClock = nanoClock;
        this.log = log;
    }

    /// Runs the server until it has ended for good.
    ///
    /// @return what the last one ended with; 0 when it was stopped between two
    int run() throws IOException, InterruptedException {
        RestartPolicy policy = RestartPolicy.FRESH;
        OptionalInt lastExit = OptionalInt.empty();
        while (true) {
            long startNanos = nanoClock.getAsLong();
            Child running = begin(lastExit);
            if (running == null) {
                return ExitCode.OK;
            }
            int exitCode = running.await();
            if (over() || !RestartPolicy.mends(exitCode, lastExit)) {
                return exitCode;
            }
            policy = policy.after(Duration.ofNanos(nanoClock.getAsLong() - startNanos));
            OptionalLong wait = policy.waitMillis();
            String what = "the server ended: " + RestartPolicy.describe(exitCode);
            if (wait.isEmpty()) {
                log.accept(new LogEvent(Level.ERROR, "", what + ", for the " + policy.failures()
                        + "th time in a row soon after its start; it is not started again"));
                return exitCode;
            }
            log.accept(
                    new LogEvent(Level.WARN, "", what + "; it is started again in " + wait.getAsLong() / 1000 + " s"));
            if (pause.await(stopping, wait.getAsLong())) {
                return ExitCode.OK;
            }
            lastExit = OptionalInt.of(exitCode);
        }
    }

    private synchronized @Nullable Child begin(OptionalInt lastExit) throws IOException {
        child = stopping.getCount() == 0 ? null : start.start(lastExit);
        return child;
    }

    /// The child has ended and will not be told anything more. Whether a stop was asked for.
    private synchronized boolean over() {
        child = null;
        return stopping.getCount() == 0;
    }

    /// Asks the server to end in good order; no other is started. Any thread.
    synchronized void stop() {
        stopping.countDown();
        if (child != null) {
            child.stop();
        }
    }

    /// Ends the server at once. Any thread.
    synchronized void kill() {
        stopping.countDown();
        if (child != null) {
            child.kill();
        }
    }
}
