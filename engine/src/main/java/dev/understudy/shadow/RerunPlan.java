package dev.understudy.shadow;

import dev.understudy.model.ModelVersion;
import dev.understudy.verdict.LedgerCounts;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Which requests are run again in the challenger's lane, and on what. Immutable, but for the account.
///
/// @param champion        whose answers the challenger's are compared with; null where it is not run again
/// @param championShare   share of the mirrored requests on which it is, 0 to 1
/// @param challengerShare share of them on which the challenger is
/// @param ledger          the account of these runs, apart from that of the mirrored requests
/// @param sessions        what the champion's second session counts against
/// @param refusal         told in a sentence why the champion is not run again, though it should be
public record RerunPlan(@Nullable ModelVersion champion, double championShare, double challengerShare, Ledger ledger,
        SessionBudget sessions, Consumer<String> refusal) {
    /// Nothing is run again.
    static RerunPlan none() {
        return new RerunPlan(null, 0, 0, new Ledger(LedgerCounts.ZERO), new SessionBudget(0), sentence -> {});
    }
}
