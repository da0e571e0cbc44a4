package dev.understudy.shadow;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/// Whose turn it is: of those who wait, whoever has had the least of the device. Clock-free. Not thread-safe; owned by the
/// [Turnstile].
///
/// One that was away comes back as if it had had as much as the one that has had least of those here, so that it can neither
/// claim what it did not ask for nor be made to wait for it.
///
/// @param <T> who takes turns
final class FairTurns<T> {
    private final Map<T, Double> usedNanos = new HashMap<>();
    private double floorNanos;

    /// Whoever had the least of `waiting`, which is not empty; the first of equals.
    T next(Collection<T> waiting) {
        T next = waiting.iterator().next();
        for (T each : waiting) {
            if (used(each) < used(next)) {
                next = each;
            }
        }
        return next;
    }

    /// The one whose turn it was has had so much of the device.
    void charge(T who, long nanos) {
        double before = used(who);
        floorNanos = Math.max(floorNanos, before);
        usedNanos.put(who, before + nanos);
    }

    private double used(T who) {
        return Math.max(floorNanos, usedNanos.getOrDefault(who, 0.0));
    }

    /// It takes no more turns.
    void leave(T who) {
        usedNanos.remove(who);
    }
}
