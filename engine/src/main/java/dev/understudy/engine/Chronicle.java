package dev.understudy.engine;

import dev.understudy.engine.EngineConfig.Level;
import dev.understudy.engine.EngineConfig.LogEvent;
import dev.understudy.journal.Journal;
import dev.understudy.journal.JournalEvent.Kind;
import dev.understudy.journal.JournalEvent;
import java.util.function.Consumer;

/// Tells what happens to models twice: to the log, and to the journal. Thread-safe; never called by a champion's thread,
/// because the journal may block.
record Chronicle(Consumer<LogEvent> log, Journal journal) {
    /// Something happened to a version.
    void note(Kind kind, HostedModel model, String version, String sha256, String detail) {
        Level level = kind == Kind.REFUSED || kind == Kind.ALERT ? Level.WARN : Level.INFO;
        String who = version.isEmpty() ? "" : "version " + version + " ";
        log.accept(new LogEvent(level, model.name(), who + kind.label() + (detail.isEmpty() ? "" : ": " + detail)));
        record(kind, model, version, sha256, detail);
    }

    /// Worth a place in the record, not a line in the log.
    void record(Kind kind, HostedModel model, String version, String sha256, String detail) {
        journal.append(new JournalEvent(System.currentTimeMillis(), kind, model.name(), version, sha256, detail));
    }

    /// Something a person should look at.
    void alert(HostedModel model, String sentence) {
        note(Kind.ALERT, model, "", "", sentence);
    }

    /// Worth a line in the log, not in the record.
    void log(HostedModel model, String sentence) {
        log.accept(new LogEvent(Level.INFO, model.name(), sentence));
    }
}
