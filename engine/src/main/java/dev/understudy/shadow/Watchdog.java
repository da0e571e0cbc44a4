package dev.understudy.shadow;

import dev.understudy.ffm.TaskTimes;
import java.util.OptionalInt;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/// Cancels a challenger's run that gets no processor time, and lets the lane rest then: its memory and its half-done work are
/// better given back, and whoever is so busy is better left alone. Thread-safe; works on its one thread, of the normal class.
final class Watchdog implements AutoCloseable {
    private static final long INTERVAL_MILLIS = 50;
    private static final long PAUSE_NANOS = 1_000_000_000;

    private final Turnstile<Entrant> turnstile;
    private final Starvation starvation = new Starvation();
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("understudy-watchdog").daemon(true).factory());

    Watchdog(Turnstile<Entrant> turnstile) {
        this.turnstile = turnstile;
        var unused = thread.scheduleWithFixedDelay(this::look, INTERVAL_MILLIS, INTERVAL_MILLIS,
                TimeUnit.MILLISECONDS);
    }

    private void look() {
        try {
            lookAtRun();
        } catch (RuntimeException | Error e) {
            // It would end all later looks.
            Thread self = Thread.currentThread();
            self.getUncaughtExceptionHandler().uncaughtException(self, e);
        }
    }

    private void lookAtRun() {
        Turnstile.Inside<Entrant> run = turnstile.inside();
        OptionalInt threadId = run == null ? OptionalInt.empty() : run.who().idleThread();
        if (run == null || threadId.isEmpty()) {
            return;
        }
        TaskTimes.read(threadId.getAsInt()).ifPresent(times -> {
            // A turn may hold two runs, each on a thread of its own.
            long number = (run.number() << Integer.SIZE) | threadId.getAsInt();
            if (starvation.starves(number, System.nanoTime(), times.cpuNanos())) {
                turnstile.interrupt(run, Entrant::cancelStarved, PAUSE_NANOS);
            }
        });
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
