package dev.understudy.batch;

/// When to run, and with how many rows: pure and clock-free. Immutable.
///
/// @param rowsMax    rows of one run; a single request with more runs alone
/// @param delayNanos how long the oldest request may wait for company
/// @param rowsEnough a batch of so many rows does not wait for more
public record BatchPolicy(long rowsMax, long delayNanos, long rowsEnough) {
    /// One request a run.
    public static final BatchPolicy UNBATCHED = new BatchPolicy(1, 0);

    public BatchPolicy {
        if (rowsMax < 1 || delayNanos < 0 || rowsEnough < 1) {
            throw new IllegalArgumentException(
                    "rowsMax=" + rowsMax + " delayNanos=" + delayNanos + " rowsEnough=" + rowsEnough);
        }
    }

    /// A policy whose batches wait until they are as large as they may be.
    public BatchPolicy(long rowsMax, long delayNanos) {
        this(rowsMax, delayNanos, rowsMax);
    }

    /// True when a request of `rows` still fits into a batch of `rowsTaken`. The first request always fits.
    public boolean fits(long rowsTaken, long rows) {
        return rowsTaken == 0 || rowsTaken + rows <= rowsMax;
    }

    /// How long a batch of `rowsTaken` should go on waiting for company; 0 means run now.
    ///
    /// @param oldestAgeNanos how long its oldest request has waited
    /// @param blocked        the next waiting request cannot join it, so waiting is in vain
    public long waitNanos(long rowsTaken, long oldestAgeNanos, boolean blocked) {
        if (blocked || rowsTaken >= Math.min(rowsMax, rowsEnough)) {
            return 0;
        }
        return Math.max(0, delayNanos - oldestAgeNanos);
    }
}
