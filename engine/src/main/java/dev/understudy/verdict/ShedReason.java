package dev.understudy.verdict;

import java.util.Locale;

/// Why a sampled request was never run on the challenger.
public enum ShedReason {
    /// The declared rate had chosen it, and the challenger, which does not keep up, takes a lower one.
    REDUCED_RATE,
    /// The challenger's queue held its limit of rows.
    QUEUE_FULL,
    /// The challenger's queue held its limit of bytes.
    BYTES_FULL,
    /// It waited longer than a comparison is worth.
    STALE,
    /// The shadow's share of the device was used up.
    OVER_BUDGET,
    /// The lane got no processor time.
    STARVED,
    /// The challenger was retired, or the server stopped, while the request waited.
    RETIRED;

    /// The reason as the ledger, the metrics and the API spell it: `queue_full`.
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
