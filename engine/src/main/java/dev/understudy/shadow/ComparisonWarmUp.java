package dev.understudy.shadow;

import dev.understudy.batch.RunOutcome;
import dev.understudy.infer.InferenceRequest;
import dev.understudy.infer.InferenceResponse;
import dev.understudy.verdict.Evidence;
import dev.understudy.verdict.Observation;
import java.util.function.LongSupplier;

/// Compares an answer with itself again and again, by the code that compares live ones, and takes what comes of it into evidence
/// that is thrown away: live traffic would else be compared by the interpreter, and the JVM compile meanwhile. Nothing reaches
/// ledger, record or evidence. Not thread-safe; owned by who makes it.
final class ComparisonWarmUp {
    /// Enough for the last tier of the JVM's compilers.
    static final int COMPARISONS_MAX = 20_000;
    /// Large tensors take so long that their kernels are compiled after a few.
    static final long NANOS_MAX = 300_000_000;

    private final LongSupplier nanoTime;

    /// @param nanoTime the time
    ComparisonWarmUp(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /// Returns how often it compared.
    int run(PairEvaluation evaluation, InferenceRequest request, RunOutcome.Answered answer) {
        InferenceResponse itself = new InferenceResponse(evaluation.model(), "",
                evaluation.pairing().underChampionNames(answer.outputs()), answer.timings());
        Evidence evidence = new Evidence(evaluation.terms().criteria());
        long endNanos = nanoTime.getAsLong() + NANOS_MAX;
        int done = 0;
        try {
            while (done < COMPARISONS_MAX && nanoTime.getAsLong() - endNanos < 0) {
                for (Observation seen : Compared.of(evaluation, request, itself, answer).seen().observations()) {
                    evidence.take(seen);
                }
                done++;
            }
        } catch (RuntimeException e) {
            // What cannot be compared is booked as such when somebody asks for it.
        }
        return done;
    }
}
