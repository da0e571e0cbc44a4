package dev.understudy.engine;

import dev.understudy.engine.EngineConfig.Level;
import dev.understudy.engine.EngineConfig.LogEvent;
import dev.understudy.journal.JournalException;
import java.util.Collections;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.function.Consumer;

/// Gives each of several its turn in every round, whatever becomes of the turns of others. Not thread-safe; owned by one
/// thread's rounds.
///
/// An exception would end all later rounds, so every one ends here. It is said once for each whose turn fails, and again
/// only after a turn that went well: a broken journal is not news every second.
final class Turns {
    private final Consumer<LogEvent> log;
    private final Set<Object> failing = Collections.newSetFromMap(new WeakHashMap<>());

    /// What is done in a turn.
    interface Turn {
        void take() throws JournalException;
    }

    Turns(Consumer<LogEvent> log) {
        this.log = log;
    }

    /// @param whose   told from others by identity or `equals`; forgotten with its last user
    /// @param model   the model it is about, or empty
    /// @param trouble what to say when it fails: `a round failed`
    void give(Object whose, String model, String trouble, Turn turn) {
        try {
            turn.take();
            failing.remove(whose);
        } catch (JournalException | RuntimeException | Error e) {
            if (failing.add(whose)) {
                String what = e instanceof JournalException ? String.valueOf(e.getMessage()) : e.toString();
                log.accept(new LogEvent(Level.ERROR, model, trouble + ": " + what));
            }
        }
    }
}
