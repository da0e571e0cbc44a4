package dev.understudy.runtime;

import dev.understudy.ffm.TaskTimes;
import java.util.Optional;

/// The processor time that some threads have had together. Thread-safe.
public final class ProcessorTime implements DeviceTime {
    private final int[] threadIds;
    private final long[] nanosByThread;

    ProcessorTime(int... threadIds) {
        this.threadIds = threadIds.clone();
        this.nanosByThread = new long[threadIds.length];
    }

    /// Nanoseconds since they were started; a thread that has ended counts with what was last read of it. 0 where the system
    /// does not tell.
    @Override
    public synchronized long nanos() {
        long sum = 0;
        for (int i = 0; i < threadIds.length; i++) {
            Optional<TaskTimes> times = TaskTimes.read(threadIds[i]);
            nanosByThread[i] = Math.max(nanosByThread[i], times.map(TaskTimes::cpuNanos).orElse(0L));
            sum += nanosByThread[i];
        }
        return sum;
    }
}
