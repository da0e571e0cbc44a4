package dev.understudy.ffm;

import java.util.Optional;

/// What one thread of this process has had of the processors since it began, as `/proc` tells it. Immutable.
///
/// @param cpuNanos   time it ran
/// @param delayNanos time it could have run and had to wait for a processor; the kernel adds a wait when it is over, so while
///                   a thread starves neither number moves
public record TaskTimes(long cpuNanos, long delayNanos) {
    /// The times of a thread; empty when it has ended or the kernel does not keep them.
    public static Optional<TaskTimes> read(int threadId) {
        return ProcTask.line(threadId, "schedstat").flatMap(TaskTimes::parse);
    }

    static Optional<TaskTimes> parse(String line) {
        String[] fields = line.strip().split(" ", -1);
        return fields.length < 2
                ? Optional.empty()
                : Optional.of(new TaskTimes(Long.parseLong(fields[0]), Long.parseLong(fields[1])));
    }
}
