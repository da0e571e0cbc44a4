package dev.understudy.engine;

import dev.understudy.engine.EngineConfig.Level;
import dev.understudy.engine.EngineConfig.LogEvent;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/// Logs the failing requests of one model, at most one a second with a count of those in between, so that a storm of
/// failures cannot bury the log. Thread-safe, never blocks.
final class FaultLog implements Consumer<String> {
    private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final String model;
    private final Consumer<LogEvent> log;
    private final AtomicLong nextNanos = new AtomicLong(System.nanoTime());
    private final AtomicLong suppressed = new AtomicLong();

    FaultLog(String model, Consumer<LogEvent> log) {
        this.model = model;
        this.log = log;
    }

    @Override
    public void accept(String fault) {
        long now = System.nanoTime();
        long next = nextNanos.get();
        if (now - next < 0 || !nextNanos.compareAndSet(next, now + INTERVAL_NANOS)) {
            suppressed.incrementAndGet();
            return;
        }
        long others = suppressed.getAndSet(0);
        String more = others == 0 ? "" : " (and " + others + " more requests failed since the last such line)";
        log.accept(new LogEvent(Level.WARN, model, fault + more));
    }
}
