package dev.understudy.ffm;

import java.util.Optional;

/// How the kernel schedules one thread of this process, as `/proc` tells it. Immutable.
///
/// @param name   its name, of which the kernel keeps 15 bytes
/// @param nice   its niceness, -20 to 19
/// @param policy its scheduling class: [Scheduling#NORMAL], [Scheduling#IDLE] or another
public record TaskState(String name, int nice, int policy) {
    // The fields of proc_pid_stat(5) count from 1, and those behind the name from 3.
    private static final int NICE = 19 - 3;
    private static final int POLICY = 41 - 3;

    /// The state of a thread; empty when it has ended or there is no `/proc`.
    public static Optional<TaskState> read(int threadId) {
        return ProcTask.line(threadId, "stat").flatMap(TaskState::parse);
    }

    static Optional<TaskState> parse(String line) {
        // A name may hold spaces and parentheses.
        int end = line.lastIndexOf(')');
        String[] fields = line.substring(end + 2).strip().split(" ", -1);
        return fields.length <= POLICY
                ? Optional.empty()
                : Optional.of(new TaskState(line.substring(line.indexOf('(') + 1, end), Integer.parseInt(fields[NICE]),
                        Integer.parseInt(fields[POLICY])));
    }
}
