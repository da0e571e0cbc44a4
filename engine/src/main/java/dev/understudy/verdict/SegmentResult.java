package dev.understudy.verdict;

/// How one criterion stands in one segment. Immutable. See [CriterionResult] for the numbers.
///
/// @param failing true when the segment misses the limit. The chance that any segment is ever called so wrongly is at most
///                `false_reject`, however many segments there are
/// @param blocks  true when it blocks promotion: when it is failing, or comes near enough in its first minute
public record SegmentResult(String criterion, String segment, boolean failing, boolean blocks, Unit unit,
        double estimate, double low, double high, long samples, double failOdds, double failOddsNeeded) {}
