package dev.understudy.ffm;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

/// The kernel's scheduling of this process's threads, named by their ids, 0 for the calling one. Thread-safe.
///
/// A thread started later inherits the class and the niceness of the one that starts it. A Java thread is to keep its own
/// for good: one in the idle class that is stopped in the middle of Java code holds up every safepoint, and so the whole
/// process, until some processor falls idle.
public final class Scheduling {
    /// SCHED_OTHER, as [TaskState] shows it.
    public static final int NORMAL = 0;
    /// SCHED_IDLE: runs only on what nobody else wants.
    public static final int IDLE = 5;

    private static final int PRIO_PROCESS = 0;

    private Scheduling() {}

    /// The kernel's id of the calling thread, which must be a platform thread.
    public static Answer<Integer> threadId() {
        return switch (SystemCall.GETTID.ask(0, 0, 0)) {
            case Answer.Granted<Long>(Long id) -> new Answer.Granted<>(id.intValue());
            case Answer.Refused<Long>(String reason) -> new Answer.Refused<>(reason);
        };
    }

    /// Puts a thread into the idle class; without privileges there is no way back. Returns why it was refused, empty when it
    /// was not.
    public static Optional<String> enterIdle(int threadId) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment priority = arena.allocate(ValueLayout.JAVA_INT);
            return refusal(SystemCall.SCHED_SETSCHEDULER.ask(threadId, IDLE, priority.address()));
        }
    }

    /// Sets a thread's niceness, from -20 to 19, which says how it shares processors with others of the normal class; making
    /// it smaller takes privileges. Returns why it was refused, empty when it was not.
    public static Optional<String> nice(int threadId, int niceness) {
        return refusal(SystemCall.SETPRIORITY.ask(PRIO_PROCESS, threadId, niceness));
    }

    private static Optional<String> refusal(Answer<Long> answer) {
        return switch (answer) {
            case Answer.Granted<Long> granted -> Optional.empty();
            case Answer.Refused<Long>(String reason) -> Optional.of(reason);
        };
    }
}
