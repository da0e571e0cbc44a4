package dev.understudy.engine;

import dev.understudy.engine.EngineConfig.Level;
import dev.understudy.engine.EngineConfig.LogEvent;
import java.util.Optional;

/// Tells the log when the journal begins to fail and when it is well again, which the journal itself cannot record. Not
/// thread-safe; owned by the rounds' thread.
final class JournalWatch {
    private boolean failing;
    private long lostBefore;

    /// What is new since the last look, if anything.
    ///
    /// @param failure why the journal does not write now, empty when it does
    /// @param lost    rows it has given up so far
    Optional<LogEvent> look(Optional<String> failure, long lost) {
        if (failure.isPresent() == failing) {
            return Optional.empty();
        }
        failing = failure.isPresent();
        if (failing) {
            lostBefore = lost;
            return Optional.of(new LogEvent(Level.ERROR, "", sentence(failure.get())));
        }
        return Optional.of(new LogEvent(Level.INFO, "",
                "the journal writes again; " + (lost - lostBefore) + " rows were lost"));
    }

    /// What a person should know of a journal that fails.
    static String sentence(String failure) {
        return "degraded: the journal fails, so what is compared may be lost: " + failure
                + "; requests are answered as before";
    }
}
