package dev.understudy.runtime;

import java.util.Optional;

/// What the probation process says of a model file.
public sealed interface ProbationOutcome {
    /// It loads, runs, and may be let in.
    ///
    /// @param memoryBytes resident memory the child grew by; 0 where the system does not tell
    record Passed(Signature signature, TrialReport trial, long memoryBytes) implements ProbationOutcome {}

    /// It must not be let in.
    ///
    /// @param reason    one sentence without paths
    /// @param signature what it takes and gives, where it got as far as loading
    record Refused(String reason, Optional<Signature> signature) implements ProbationOutcome {}
}
