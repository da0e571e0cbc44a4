package dev.understudy.verdict;

import java.util.List;

/// The evidence on one criterion: a state that observations, rows and other states of the same criterion add to, always to
/// the same sum in any order. Not thread-safe; owned by the [Evidence] it is part of.
sealed interface Tracker permits RateTracker, RunTimeTracker, MemoryTracker {
    /// Takes one observation; false when it says nothing about this criterion.
    boolean take(Observation observation);

    /// Takes a row that [#export] gave.
    ///
    /// @throws IllegalArgumentException when the row is not of this kind of criterion
    void add(EvidenceMinute row);

    /// Takes another state of the same criterion.
    void add(Tracker other);

    /// Appends the whole state as rows of one minute, in the order of the segments. Meant for evidence that holds one
    /// minute only: the minutes of a longer one are not told apart.
    void export(long minute, List<EvidenceMinute> rows);

    static Tracker of(Criterion criterion) {
        return switch (criterion) {
            case Criterion.Rate rate -> new RateTracker(rate);
            case Criterion.Ratio ratio -> new RunTimeTracker(ratio);
            case Criterion.MemoryGrowth growth -> new MemoryTracker(growth.key());
            case Criterion.MemoryCap cap -> new MemoryTracker(cap.key());
        };
    }
}
