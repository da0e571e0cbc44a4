package dev.understudy.verdict;

import java.util.Locale;

/// Why a mirrored request that was run on the challenger, or could not be, gave nothing to compare.
public enum FailureReason {
    /// The challenger's run threw.
    RUN,
    /// The challenger's run was cancelled for taking too long.
    TIMEOUT,
    /// The challenger cannot take the request the champion took, or the champion failed on it and there is nothing to
    /// compare with.
    INCOMPATIBLE;

    /// The reason as the ledger, the metrics and the API spell it.
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
