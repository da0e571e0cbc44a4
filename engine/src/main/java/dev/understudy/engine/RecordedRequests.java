package dev.understudy.engine;

import dev.understudy.engine.EngineConfig.Level;
import dev.understudy.engine.EngineConfig.LogEvent;
import dev.understudy.journal.Journal;
import dev.understudy.journal.JournalException;
import dev.understudy.model.WarmupSample;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// The captured requests that newcomers are tried and warmed up on. Thread-safe.
record RecordedRequests(Journal journal, Consumer<LogEvent> log) {
    /// Those a newcomer must be able to run; a handful shows what all share.
    static final int MAX = 8;

    /// Those of a model, and behind them what is configured for it. Without those that cannot be read, which is logged.
    List<WarmupSample> before(String model, List<WarmupSample> configured) {
        return Stream.concat(of(model).stream(), configured.stream()).toList();
    }

    private List<WarmupSample> of(String model) {
        try {
            return journal.recordedInputs(model, MAX).stream().map(WarmupSample::recorded).toList();
        } catch (JournalException e) {
            log.accept(new LogEvent(Level.WARN, model, "no recorded requests for warm-up: " + e.getMessage()));
            return List.of();
        }
    }
}
