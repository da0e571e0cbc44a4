package dev.understudy.engine;

import dev.understudy.engine.EngineConfig.Level;
import dev.understudy.engine.EngineConfig.LogEvent;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Phaser;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/// What the [Director] has to decide, one after another on its one thread, `understudy-director`. Thread-safe.
final class Decisions implements AutoCloseable {
    /// How long a start waits for the challengers to be listed with what is on record of them.
    static final Duration LISTING_MAX = Duration.ofSeconds(10);

    private final Consumer<LogEvent> log;
    private final Duration listingMax;
    private final ExecutorService thread = Executors
            .newSingleThreadExecutor(Thread.ofPlatform().name("understudy-director").daemon(true).factory());
    /// Decisions under way, castings of champions that wait for probation included.
    private final Phaser busy = new Phaser(1);

    Decisions(Consumer<LogEvent> log, Duration listingMax) {
        this.log = log;
        this.listingMax = listingMax;
    }

    /// Keeps [#awaitCast] waiting until [#castingEnded], because a candidate is on probation.
    void castingBegan() {
        busy.register();
    }

    void castingEnded() {
        busy.arriveAndDeregister();
    }

    /// Has a decision follow the one in progress that may wait for the journal: no champion may wait with it, nor
    /// [#awaitCast] for long.
    void afterCasting(Runnable decision) {
        try {
            Future<?> unused = thread.submit(() -> guarded(decision));
        } catch (RejectedExecutionException stopping) {
            // Nobody rehearses any more.
        }
    }

    private void guarded(Runnable decision) {
        try {
            decision.run();
        } catch (RuntimeException | Error e) {
            // Else it would be lost with the task, and with it what it should have decided.
            log.accept(new LogEvent(Level.ERROR, "", "a decision failed: " + e));
        }
    }

    /// Runs a decision on the director's thread; false when the server is stopping and takes none.
    boolean decide(Runnable decision) {
        busy.register();
        try {
            Future<?> unused = thread.submit(() -> {
                try {
                    guarded(decision);
                } finally {
                    busy.arriveAndDeregister();
                }
            });
            return true;
        } catch (RejectedExecutionException stopping) {
            busy.arriveAndDeregister();
            return false;
        }
    }

    /// Waits until every model seen so far has a champion, or cannot have one, and a little for the others to be listed: not
    /// for a journal that hangs.
    void awaitCast() {
        busy.arriveAndAwaitAdvance();
        try {
            thread.submit(() -> {}).get(listingMax.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException | ExecutionException e) {
            log.accept(new LogEvent(Level.WARN, "",
                    "serving begins before all challengers are listed: the journal is slow"));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Takes no more decisions and waits for the one in progress.
    @Override
    public void close() {
        thread.shutdown();
        try {
            if (!thread.awaitTermination(1, TimeUnit.MINUTES)) {
                log.accept(new LogEvent(Level.WARN, "", "a decision did not end in time"));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
