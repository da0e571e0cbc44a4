package dev.understudy.verdict;

/// The sufficient statistics of agreement over one minute of one evaluation and segment. Counts add, so minutes merge
/// in any order to the same sums.
///
/// @param minute   minutes since the epoch, UTC
/// @param segment  the segment, empty for requests without one
/// @param compared comparisons in the minute
/// @param agreed   those that agreed
public record MinuteCounts(long minute, String segment, long compared, long agreed) {}
