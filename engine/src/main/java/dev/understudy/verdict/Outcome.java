package dev.understudy.verdict;

import java.util.Locale;

/// What the evidence says of one criterion.
public enum Outcome {
    PASS, FAIL, UNDECIDED;

    /// As the API spells it: `undecided`.
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
