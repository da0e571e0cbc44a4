package dev.understudy.engine;

import dev.understudy.engine.EngineConfig.Level;
import dev.understudy.engine.EngineConfig.LogEvent;
import dev.understudy.shadow.Maintenance.Account;
import java.util.Locale;
import java.util.Optional;

/// Tells the log when maintenance begins while champions may be asked, and what it did to them when it is over. Not
/// thread-safe; owned by the rounds' thread.
final class MaintenanceWatch {
    private static final double NANOS_PER_SECOND = 1e9;
    private static final double NANOS_PER_MILLI = 1e6;

    private Account before = new Account(false, 0, 0, 0, 0);
    private boolean told;

    /// What is new since the last look, if anything. Work that began and ended in between is told of when it is over.
    Optional<LogEvent> look(Account now) {
        if (now.running()) {
            boolean first = !told;
            told = true;
            return first
                    ? Optional.of(line("a session is being loaded or closed; champions may be slower meanwhile"))
                    : Optional.empty();
        }
        if (now.works() == before.works()) {
            return Optional.empty();
        }
        String sentence = String.format(Locale.ROOT,
                "loading and closing is over: %d in %.2f s, %d requests answered meanwhile",
                now.works() - before.works(),
                (now.nanos() - before.nanos()) / NANOS_PER_SECOND, now.answers() - before.answers());
        if (now.slowestNanos() > before.slowestNanos()) {
            sentence += String.format(Locale.ROOT, ", one in %.1f ms, the slowest so far",
                    now.slowestNanos() / NANOS_PER_MILLI);
        }
        before = now;
        told = false;
        return Optional.of(line(sentence));
    }

    private static LogEvent line(String sentence) {
        return new LogEvent(Level.INFO, "", sentence);
    }
}
