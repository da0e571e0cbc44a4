package dev.understudy.runtime;

import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/// The time that the runs of one session have had of a GPU's stream, and the memory the session has. Thread-safe: its session's
/// thread writes, any reads.
final class StreamTime implements DeviceTime {
    private final LongAdder nanos = new LongAdder();
    private volatile @Nullable SessionMemory memory;

    void add(long more) {
        nanos.add(more);
    }

    /// @param now null when nothing is known any more
    void remember(@Nullable SessionMemory now) {
        memory = now;
    }

    @Override
    public long nanos() {
        return nanos.sum();
    }

    @Override
    public Optional<SessionMemory> memory() {
        return Optional.ofNullable(memory);
    }
}
