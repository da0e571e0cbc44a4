package dev.understudy.shadow;

import dev.understudy.batch.RunOutcome;
import dev.understudy.infer.InferenceRequest;

/// What compares the answers of one line. Called on the line's thread.
@FunctionalInterface
public interface Comparisons {
    /// Takes a finished run. May block, which lets the line's queue fill and shed.
    void accept(FinishedRun run);

    /// Does what will be done with every answer, on one that nobody asked for and without booking anything, so that the JVM has
    /// compiled it when the line begins. Nothing where answers are not compared.
    default void rehearse(InferenceRequest request, RunOutcome.Answered answer) {}
}
