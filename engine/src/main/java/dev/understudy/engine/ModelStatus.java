package dev.understudy.engine;

import dev.understudy.runtime.Isolation;
import dev.understudy.runtime.SessionMemory;
import dev.understudy.shadow.LatencyRatio;
import dev.understudy.verdict.Agreement;
import dev.understudy.verdict.LedgerCounts;
import dev.understudy.verdict.Pair;
import dev.understudy.verdict.Verdict;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Everything an operator wants to know of one model, at one instant. Immutable.
///
/// @param champion   who answers; empty while none could be loaded
/// @param sampleRate share of the champion's requests that is mirrored, 0..1
/// @param effect     what shadowing does to the champion
/// @param alerts     what a person should look at, one sentence each, what stands in the way of its files being taken included
/// @param criteria   what challengers that begin now are judged by
/// @param noise      how the champion differs from itself
public record ModelStatus(String name, Optional<Version> champion, List<Challenger> challengers, double sampleRate,
        Effect effect, List<String> alerts, CriteriaInForce criteria, NoiseStatus noise) {
    public ModelStatus {
        challengers = List.copyOf(challengers);
        alerts = List.copyOf(alerts);
    }

    /// A version by name and bytes. The name is qualified (`2@1f0c22ab`) where the repository now has other bytes under it.
    public record Version(String version, String sha256) {}

    /// What shadowing does to a champion, and how much of it is allowed.
    ///
    /// @param deviceSeconds device time the champion has had
    /// @param duty          share of the time in which a challenger's run may be in progress, above 0 to 1, the same for all models
    /// @param latency       the champion's latency with the challengers' lane on over that with it off
    /// @param memory        what its sessions have of a GPU's memory; empty where that is not known, as on the processors
    public record Effect(double deviceSeconds, double duty, LatencyRatio latency, Optional<SessionMemory> memory) {
        /// Nothing is known.
        public static final Effect UNKNOWN = new Effect(0, 1, LatencyRatio.UNKNOWN, Optional.empty());
    }

    /// What a challenger takes part in and takes.
    ///
    /// @param sampleRate    share of the champion's requests that is mirrored to it now, 0 to 1; less than the model's while it
    ///                      cannot keep up
    /// @param runs          batches run since it began to shadow in this process, over which its requests were spread; 0 when
    ///                      it shadows no more
    /// @param deviceSeconds device time its runs have had since it began to shadow in this process
    /// @param costRatio     device time a compared request over device time a served one; NaN before both are known
    /// @param memory        what its sessions in the challengers' lane have of a GPU's memory, the champion's second one there
    ///                      included; empty where that is not known, as on the processors
    public record Effort(double sampleRate, long runs, double deviceSeconds, double costRatio,
            Optional<SessionMemory> memory) {
        /// It takes part in nothing.
        public static final Effort NONE = new Effort(0, 0, 0, Double.NaN, Optional.empty());
    }

    /// The accounts of what was seen of a challenger beyond its comparisons, since it began to shadow in this process. Apart from
    /// its ledger; served is 0 in both.
    ///
    /// @param probes runs alone in the champion's lane
    /// @param reruns second runs, of the champion or of itself, in the challengers' lane
    public record ExtraLooks(LedgerCounts probes, LedgerCounts reruns) {
        /// There were none.
        public static final ExtraLooks NONE = new ExtraLooks(LedgerCounts.ZERO, LedgerCounts.ZERO);
    }

    /// One version that is not champion, refused ones included.
    ///
    /// @param reason    why it was refused or retired, else empty
    /// @param pair      key of its evaluation in the journal, or of the one it would begin now; empty without a champion
    /// @param ledger    the account of this evaluation, earlier runs of the server included
    /// @param isolation what keeps it off the champion, as achieved
    /// @param effort    what it takes
    /// @param extra     what else was seen of it
    /// @param verdict   the latest on this evaluation, at most a second or so old; empty before the first
    public record Challenger(String version, String sha256, State state, String reason, Optional<Pair> pair,
            double sampleRate, LedgerCounts ledger, Agreement agreement, Isolation isolation, Effort effort,
            ExtraLooks extra, Optional<Verdict> verdict) {}

    /// Where a challenger is in its life.
    public enum State {
        LOADING, PROBATION, SHADOWING, REFUSED, RETIRED;

        /// As the API spells it.
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
