package dev.understudy.cli;

import dev.understudy.engine.EngineConfig.Level;
import dev.understudy.engine.EngineConfig.LogEvent;
import java.util.function.Consumer;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/// Thread-safe. Turns what libraries log and what threads die of into events of one line each.
final class FaultLog extends Handler implements Thread.UncaughtExceptionHandler {
    private static final Formatter MESSAGES = new SimpleFormatter();

    private final Consumer<LogEvent> log;

    FaultLog(Consumer<LogEvent> log) {
        this.log = log;
    }

    /// Takes the place of the process's own handlers, which print to stderr, for as long as it lives.
    void install() {
        Thread.setDefaultUncaughtExceptionHandler(this);
        Logger root = Logger.getLogger("");
        for (Handler other : root.getHandlers()) {
            root.removeHandler(other);
        }
        root.addHandler(this);
    }

    @Override
    public void uncaughtException(Thread thread, Throwable fault) {
        log.accept(new LogEvent(Level.ERROR, "", "a fault on thread " + thread.getName() + ": " + describe(fault)));
    }

    @Override
    public void publish(LogRecord entry) {
        if (isLoggable(entry)) {
            Throwable fault = entry.getThrown();
            log.accept(new LogEvent(level(entry), "",
                    MESSAGES.formatMessage(entry) + (fault == null ? "" : ": " + describe(fault))));
        }
    }

    /// Class, message and the place it comes from: where a defect happened is worth more to the reader than silence.
    static String describe(Throwable fault) {
        StackTraceElement[] trace = fault.getStackTrace();
        return fault + (trace.length == 0 ? "" : " at " + trace[0]);
    }

    private static Level level(LogRecord entry) {
        int value = entry.getLevel().intValue();
        if (value >= java.util.logging.Level.SEVERE.intValue()) {
            return Level.ERROR;
        }
        return value >= java.util.logging.Level.WARNING.intValue() ? Level.WARN : Level.INFO;
    }

    @Override
    public void flush() {
        // The event log writes by itself.
    }

    @Override
    public void close() {
        // The event log belongs to its maker.
    }
}
