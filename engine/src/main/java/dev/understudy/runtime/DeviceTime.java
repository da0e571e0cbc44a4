package dev.understudy.runtime;

/// The time that some sessions have had of their device: of the processors, or of a GPU's stream. Thread-safe.
@FunctionalInterface
public interface DeviceTime {
    /// Nanoseconds since they were loaded, loading and warm-up included as far as the device can tell. 0 where it cannot.
    long nanos();
}
