package dev.understudy.engine;

import dev.understudy.runtime.Isolation;
import dev.understudy.verdict.Agreement;
import dev.understudy.verdict.LedgerCounts;
import dev.understudy.verdict.Pair;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Everything an operator wants to know of one model, at one instant. Immutable.
///
/// @param champion   who answers; empty while none could be loaded
/// @param sampleRate share of the champion's requests that is mirrored, 0..1
/// @param alerts     what a person should look at, one sentence each
public record ModelStatus(String name, Optional<Version> champion, List<Challenger> challengers, double sampleRate,
        List<String> alerts) {
    public ModelStatus {
        challengers = List.copyOf(challengers);
        alerts = List.copyOf(alerts);
    }

    /// A version by name and bytes. The name is qualified (`2@1f0c22ab`) where the repository now has other bytes under it.
    public record Version(String version, String sha256) {}

    /// One version that is not champion, refused ones included.
    ///
    /// @param reason    why it was refused or retired, else empty
    /// @param pair      key of its evaluation in the journal, or of the one it would begin now; empty without a champion
    /// @param ledger    the account of this evaluation, earlier runs of the server included
    /// @param isolation what keeps it off the champion, as achieved
    public record Challenger(String version, String sha256, State state, String reason, Optional<Pair> pair,
            double sampleRate, LedgerCounts ledger, Agreement agreement, Isolation isolation) {}

    /// Where a challenger is in its life.
    public enum State {
        LOADING, PROBATION, SHADOWING, REFUSED, RETIRED;

        /// As the API spells it.
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
