package dev.understudy.runtime;

import java.util.concurrent.atomic.LongAdder;

/// The time that the runs of one session have had of a GPU's stream. Thread-safe: its session's thread adds, any reads.
final class StreamTime implements DeviceTime {
    private final LongAdder nanos = new LongAdder();

    void add(long more) {
        nanos.add(more);
    }

    @Override
    public long nanos() {
        return nanos.sum();
    }
}
