package dev.understudy.cli;

import dev.understudy.runtime.ExitStatus;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/// Whether and when a server that ended is started again. Pure; immutable.
///
/// Only what a new process can mend is: a crash, a kill for memory, a lost device, and one that is not back yet. Whatever the program ended with by its own
/// decision would come again. Each quick failure doubles the wait; a server that was well for a while begins anew.
///
/// @param failures quick failures in a row
record RestartPolicy(int failures) {
    static final RestartPolicy FRESH = new RestartPolicy(0);
    static final Duration WAIT_MIN = Duration.ofSeconds(1);
    static final Duration WAIT_MAX = Duration.ofSeconds(30);
    /// A server that lived so long was well.
    static final Duration WELL = Duration.ofMinutes(1);
    /// After so many quick failures the next one would be like them.
    static final int FAILURES_MAX = 10;
    /// Hangup, interrupt, quit, terminate: asked for by somebody.
    private static final Set<Integer> ASKED = Set.of(1, 2, 3, 15);

    /// What is known once it has ended and lived so long.
    RestartPolicy after(Duration lived) {
        return new RestartPolicy(lived.compareTo(WELL) < 0 ? failures + 1 : 1);
    }

    /// How long to wait before it is started again; empty when there have been enough failures.
    OptionalLong waitMillis() {
        return failures > FAILURES_MAX
                ? OptionalLong.empty()
                : OptionalLong.of(Math.min(WAIT_MAX.toMillis(), WAIT_MIN.toMillis() << Math.max(0, failures - 1)));
    }

    /// Whether a new process may mend what this one ended with. A device that cannot be had may come back, where the one before
    /// had it: it may still be giving it back.
    ///
    /// @param before how the one before ended
    static boolean mends(int exitCode, OptionalInt before) {
        OptionalInt signal = new ExitStatus(exitCode).signal();
        return exitCode == ExitCode.DEVICE_LOST || (exitCode == ExitCode.DEVICE && before.isPresent())
                || (signal.isPresent() && !ASKED.contains(signal.getAsInt()));
    }

    /// The end of a process in words.
    static String describe(int exitCode) {
        return exitCode == ExitCode.DEVICE_LOST ? "the device was lost" : new ExitStatus(exitCode).text();
    }
}
