package dev.understudy.server.protocol;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/// What the server's classes log as their own fault. Thread-safe.
final class LoggedFaults extends Handler {
    private final Queue<String> seen = new ConcurrentLinkedQueue<>();

    /// Listens until it is closed.
    void listen() {
        Logger.getLogger("").addHandler(this);
    }

    List<String> seen() {
        return List.copyOf(seen);
    }

    @Override
    public void publish(LogRecord entry) {
        if (entry.getLevel().intValue() >= Level.SEVERE.intValue()) {
            seen.add(entry.getMessage() + ": " + entry.getThrown());
        }
    }

    @Override
    public void flush() {
        // Nothing is buffered.
    }

    @Override
    public void close() {
        Logger.getLogger("").removeHandler(this);
    }
}
