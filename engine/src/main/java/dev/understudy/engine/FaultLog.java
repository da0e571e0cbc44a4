package dev.understudy.engine;

import dev.understudy.engine.EngineConfig.Level;
import dev.understudy.engine.EngineConfig.LogEvent;
import java.util.OptionalLong;
import java.util.function.Consumer;

/// Logs the failing requests of one model, at a bounded pace. Thread-safe, never blocks.
final class FaultLog implements Consumer<String> {
    private final String model;
    private final Consumer<LogEvent> log;
    private final LogPace pace = new LogPace(System.nanoTime());

    FaultLog(String model, Consumer<LogEvent> log) {
        this.model = model;
        this.log = log;
    }

    @Override
    public void accept(String fault) {
        OptionalLong held = pace.admit(System.nanoTime());
        if (held.isPresent()) {
            String more = held.getAsLong() == 0
                    ? ""
                    : " (and " + held.getAsLong() + " more requests failed since the last such line)";
            log.accept(new LogEvent(Level.WARN, model, fault + more));
        }
    }
}
