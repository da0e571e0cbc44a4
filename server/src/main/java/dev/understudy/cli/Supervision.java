package dev.understudy.cli;

import java.util.Map;
import java.util.OptionalInt;

/// Whether this process is a server under a [Supervisor], and what that has told it. Immutable.
///
/// @param supervised whether it is
/// @param lastExit   how the server before this one ended, as a shell has it; empty when this is the first
record Supervision(boolean supervised, OptionalInt lastExit) {
    /// Set by the supervisor only: the exit code of the server before, or [#FIRST].
    static final String VARIABLE = "UNDERSTUDY_LAST_EXIT";
    private static final String FIRST = "first";
    private static final int TERM = 15;

    static Supervision of(Map<String, String> environment) {
        String word = environment.get(VARIABLE);
        return new Supervision(word != null, word == null || !word.matches("\\d{1,3}")
                ? OptionalInt.empty()
                : OptionalInt.of(Integer.parseInt(word)));
    }

    /// What a child is told.
    static String word(OptionalInt lastExit) {
        return lastExit.isPresent() ? Integer.toString(lastExit.getAsInt()) : FIRST;
    }

    /// The signals to stop as they are meant for this process. A supervised one may get each twice, from whoever signals the whole
    /// group and from the supervisor, so the second is not a wish for haste; that is the supervisor's to fulfil, by killing. And
    /// without its supervisor it stops too: nobody would start it again, and it would keep ports and state from the next.
    StopSignals install() {
        if (!supervised) {
            return StopSignals.install(Runtime.getRuntime()::halt);
        }
        StopSignals signals = StopSignals.install(exitCode -> {});
        ProcessHandle.current().parent().ifPresent(parent -> {
            var unused = parent.onExit().thenRun(() -> signals.receive(TERM));
        });
        return signals;
    }
}
