package dev.understudy.cli;

import java.util.ArrayDeque;
import java.util.Deque;

/// What has started, to be closed in the reverse order. Not thread-safe; owned by what starts them.
final class StartedParts {
    private final Deque<Runnable> closings = new ArrayDeque<>();

    /// @param closing ends a part that has just started
    void add(Runnable closing) {
        closings.push(closing);
    }

    /// Closes every part, also when some fail to; the first failure is thrown when all is done. Closing again does
    /// nothing.
    void close() {
        RuntimeException first = null;
        for (Runnable closing = closings.poll(); closing != null; closing = closings.poll()) {
            try {
                closing.run();
            } catch (RuntimeException e) {
                if (first == null) {
                    first = e;
                } else {
                    first.addSuppressed(e);
                }
            }
        }
        if (first != null) {
            throw first;
        }
    }
}
