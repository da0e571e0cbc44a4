package dev.understudy.runtime;

import java.util.Optional;

/// The time that some sessions have had of their device, of the processors or of a GPU's stream, and its memory. Thread-safe.
@FunctionalInterface
public interface DeviceTime {
    /// Nanoseconds since they were loaded, loading and warm-up included as far as the device can tell. 0 where it cannot.
    long nanos();

    /// What those of them that are not closed have of its memory; empty where that is not known, as on the processors.
    default Optional<SessionMemory> memory() {
        return Optional.empty();
    }
}
