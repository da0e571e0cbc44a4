package dev.understudy.engine;

import dev.understudy.engine.EngineConfig.Level;
import dev.understudy.engine.EngineConfig.LogEvent;
import dev.understudy.shadow.Maintenance.Account;
import java.util.Locale;
import java.util.Optional;

/// Tells the log when maintenance begins while champions may be asked, and what it did to them when it is over: always where
/// it holds up the whole device, else only when it did hold up somebody. Not thread-safe; owned by the rounds' thread.
final class MaintenanceWatch {
    private static final double NANOS_PER_SECOND = 1e9;
    private static final double NANOS_PER_MILLI = 1e6;

    /// An answer that took longer is one that somebody noticed.
    private static final long HELD_UP_NANOS = 100_000_000;

    private final boolean holdsDevice;
    private Account before = new Account(false, 0, 0, 0, 0);
    private boolean told;

    /// @param holdsDevice whether a device waits for such work, as a GPU does
    MaintenanceWatch(boolean holdsDevice) {
        this.holdsDevice = holdsDevice;
    }

    /// What is new since the last look, if anything. Work that began and ended in between is told of when it is over.
    Optional<LogEvent> look(Account now) {
        if (now.running()) {
            boolean first = !told;
            told = true;
            return first && holdsDevice
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
        boolean slowest = now.slowestNanos() > before.slowestNanos();
        if (slowest) {
            sentence += String.format(Locale.ROOT, ", one in %.1f ms, the slowest so far",
                    now.slowestNanos() / NANOS_PER_MILLI);
        }
        before = now;
        told = false;
        return holdsDevice || (slowest && now.slowestNanos() >= HELD_UP_NANOS)
                ? Optional.of(line(sentence))
                : Optional.empty();
    }

    private static LogEvent line(String sentence) {
        return new LogEvent(Level.INFO, "", sentence);
    }
}
