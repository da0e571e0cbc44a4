package dev.understudy.benchmarks.lane;

import java.io.IOException;

/// Where load is sent. Used by one thread at a time.
public interface Sender {
    /// Sends one request. Tells `answers`, on any thread, what became of it, exactly once.
    ///
    /// @param dueNanos [System#nanoTime] when it was to be sent, passed on to `answers`
    void send(long dueNanos, Answers answers) throws IOException;

    /// Where answers go. Thread-safe.
    interface Answers {
        void answered(long dueNanos);

        /// Turned away for want of room.
        void refused(long dueNanos);
    }
}
