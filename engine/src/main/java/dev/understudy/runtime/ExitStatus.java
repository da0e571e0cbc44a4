package dev.understudy.runtime;

import java.util.Map;
import java.util.OptionalInt;

/// How a process ended, as far as its exit code says. Immutable.
///
/// @param code as a shell has it: what the process chose, or 128 plus the number of the signal that ended it
public record ExitStatus(int code) {
    private static final int SIGNALLED = 128;
    private static final int SIGNALS = 64;
    private static final int KILL = 9;
    /// Those that end a process unless it sees to them, by Linux's numbers; elsewhere those of SIGBUS and SIGSYS differ.
    private static final Map<Integer, String> NAMES = Map.ofEntries(
            Map.entry(1, "SIGHUP"), Map.entry(2, "SIGINT"), Map.entry(3, "SIGQUIT"), Map.entry(4, "SIGILL"),
            Map.entry(5, "SIGTRAP"), Map.entry(6, "SIGABRT"), Map.entry(7, "SIGBUS"), Map.entry(8, "SIGFPE"),
            Map.entry(9, "SIGKILL"), Map.entry(11, "SIGSEGV"), Map.entry(13, "SIGPIPE"), Map.entry(15, "SIGTERM"),
            Map.entry(31, "SIGSYS"));

    /// The number of the signal that ended it; empty when it chose to end.
    public OptionalInt signal() {
        int signal = code - SIGNALLED;
        return signal > 0 && signal <= SIGNALS ? OptionalInt.of(signal) : OptionalInt.empty();
    }

    /// Whether somebody killed it: the system for memory, or a person. No fault of a program's own ends it so.
    public boolean killed() {
        return code == SIGNALLED + KILL;
    }

    /// In words, as in `signal 11, SIGSEGV`, `signal 50` and `exit code 1`.
    public String text() {
        OptionalInt signal = signal();
        if (signal.isEmpty()) {
            return "exit code " + code;
        }
        String name = NAMES.get(signal.getAsInt());
        return "signal " + signal.getAsInt() + (name == null ? "" : ", " + name);
    }
}
