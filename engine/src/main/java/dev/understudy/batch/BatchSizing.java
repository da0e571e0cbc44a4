package dev.understudy.batch;

/// How many rows a challenger's run should have: as many as run within a budget of time, and more when it falls behind.
/// Pure. Immutable.
///
/// A run overlaps with whatever the champion is asked meanwhile, so short runs hurt least; full ones cost least by the row.
/// A line that falls behind needs more rows from every gap it gets, so its budget grows with what is waiting.
///
/// @param rowsMax     rows of one run at most
/// @param budgetNanos time a run should take
public record BatchSizing(long rowsMax, long budgetNanos) {
    /// A run may take so many budgets at most, however much is waiting.
    private static final long BUDGETS_MAX = 8;
    /// So many full runs may wait before the budget grows: a rest of the lane leaves a good many behind, and longer runs right
    /// after it would hurt more than they make up for.
    private static final long RUNS_WAITING = 32;

    /// The rows of the next run, at least 1.
    ///
    /// @param waitingRows rows that wait for this model
    /// @param gapNanos    how long nobody else is expected to want the device; a run is to fit in, unless it falls behind
    public long rows(RunTimes times, long waitingRows, long gapNanos) {
        long fitting = Math.min(budgetNanos, gapNanos);
        long rows = times.rowsWithin(fitting);
        for (long budgets = 2; budgets <= BUDGETS_MAX && waitingRows > RUNS_WAITING * rows; budgets *= 2) {
            rows = times.rowsWithin(budgets * fitting);
        }
        return Math.min(rows, rowsMax);
    }
}
