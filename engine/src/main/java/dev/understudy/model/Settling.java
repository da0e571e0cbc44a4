package dev.understudy.model;

import org.jspecify.annotations.Nullable;

/// Tells for how long something has stayed as it is. Not thread-safe; owned by whoever looks.
///
/// @param <T> what is seen; equal values are the same state
final class Settling<T> {
    private @Nullable T last;
    private long sinceNanos;

    /// Takes in what is seen now and answers for how long it has been so, in nanoseconds.
    ///
    /// @param presumedNanos how long a state that was not seen before is taken to have lasted
    long observe(T seen, long nowNanos, long presumedNanos) {
        if (!seen.equals(last)) {
            last = seen;
            sinceNanos = nowNanos - presumedNanos;
        }
        return nowNanos - sinceNanos;
    }

}
