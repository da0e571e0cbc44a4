package dev.understudy.journal;

/// The order in which comparisons are listed.
public enum Order {
    /// Those that disagree first, then by severity, the largest first.
    WORST,
    /// The latest first.
    NEWEST
}
