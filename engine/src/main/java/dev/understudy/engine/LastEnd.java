package dev.understudy.engine;

import java.util.Map;
import java.util.OptionalInt;

/// How the process before this one ended, as far as its parent knows, and what that says of whom it was running.
sealed interface LastEnd {
    int SIGNALLED = 128;
    int KILL = 9;
    /// What a process does to itself, by Linux's numbers; elsewhere those of SIGBUS and SIGSYS differ.
    Map<Integer, String> FAULTS = Map.of(4, "SIGILL", 5, "SIGTRAP", 6, "SIGABRT", 7, "SIGBUS", 8, "SIGFPE", 11,
            "SIGSEGV",
            31, "SIGSYS");

    /// It crashed, by this signal: whoever was in a run has done it, as far as can be told.
    record Crashed(String how) implements LastEnd {}

    /// Nobody knows, or somebody killed it: the system for memory, or a person. Once says little of whoever was in a run.
    record Unexplained(String how) implements LastEnd {}

    /// It chose to end.
    record Chosen() implements LastEnd {}

    /// What an exit code says.
    ///
    /// @param exitCode as a shell has it, 128 plus the number of a signal; empty when nobody saw it end
    static LastEnd of(OptionalInt exitCode) {
        if (exitCode.isEmpty()) {
            return new Unexplained("nobody saw how");
        }
        int signal = exitCode.getAsInt() - SIGNALLED;
        if (signal == KILL) {
            return new Unexplained("signal 9, SIGKILL");
        }
        return FAULTS.containsKey(signal)
                ? new Crashed("signal " + signal + ", " + FAULTS.get(signal))
                : new Chosen();
    }
}
