package dev.understudy.verdict;

import org.jspecify.annotations.Nullable;

/// One limit that a challenger must keep to be promoted. Immutable.
public sealed interface Criterion {
    /// What the criterion says, on one line and always the same way: `latency_p99: {at_most: 200ms}`. It is what the journal
    /// keeps evidence under, and differs from every other of the same [Criteria].
    String key();

    Family family();

    /// How long must be watched before this criterion can pass, whatever the evidence: `over`. 0 for no such wait.
    int overMinutes();

    /// A limit on the mean of values between 0 and 1: most criteria. For a quantile of latency it is the share within the
    /// limit, which is the same question.
    ///
    /// @param reading   how the declared limit and the mean translate into each other
    /// @param declared  the limit in the words of the declaration
    /// @param limit     what the mean must reach to pass, above 0 and below 1
    /// @param failLimit what it must stay below to fail; `limit` unless an indifference zone is declared
    /// @param bursts    true when counts are corrected for bursts
    /// @param segment   the one segment the criterion is about, null for all requests
    record Rate(String key, Family family, Question question, Reading reading, double declared, double limit,
            double failLimit,
            boolean bursts, int overMinutes, @Nullable String segment) implements Criterion {}

    /// A quantile of the challenger's run time over the champion's, both in the challenger's lane.
    ///
    /// @param quantile above 0 and below 1
    /// @param ratio    what the challenger's may be at most, times the champion's
    record Ratio(String key, double quantile, double ratio, boolean bursts, int overMinutes) implements Criterion {
        @Override
        public Family family() {
            return Family.LATENCY;
        }
    }

    /// Growth of the memory in use, by one vote for each eighteenth of the period.
    ///
    /// @param bytesPerHour what the growth may be at most, above 0
    record MemoryGrowth(String key, double bytesPerHour, int overMinutes) implements Criterion {
        @Override
        public Family family() {
            return Family.MEMORY;
        }
    }

    /// A cap on the memory in use: a plain rule, without chance. The first sample beyond it fails.
    record MemoryCap(String key, long bytes, int overMinutes) implements Criterion {
        @Override
        public Family family() {
            return Family.MEMORY;
        }
    }
}
