package dev.understudy.engine;

import dev.understudy.runtime.ExitStatus;
import java.util.OptionalInt;
import java.util.Set;

/// How the process before this one ended, as far as its parent knows, and what that says of whom it was running.
sealed interface LastEnd {
    /// What a process does to itself, by Linux's numbers; elsewhere those of SIGBUS and SIGSYS differ.
    Set<Integer> FAULTS = Set.of(4, 5, 6, 7, 8, 11, 31);

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
        ExitStatus status = new ExitStatus(exitCode.getAsInt());
        if (status.killed()) {
            return new Unexplained(status.text());
        }
        OptionalInt signal = status.signal();
        return signal.isPresent() && FAULTS.contains(signal.getAsInt()) ? new Crashed(status.text()) : new Chosen();
    }
}
