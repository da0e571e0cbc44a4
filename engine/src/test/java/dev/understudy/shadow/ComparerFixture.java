package dev.understudy.shadow;

import dev.understudy.batch.RunOutcome;
import dev.understudy.diff.NoiseFloor;
import dev.understudy.diff.NoiseMeter;
import dev.understudy.infer.InferenceOutcome;
import dev.understudy.infer.InferenceRequest;
import dev.understudy.infer.InferenceResponse;
import dev.understudy.infer.Timings;
import dev.understudy.journal.Journal;
import dev.understudy.journal.JournalException;
import dev.understudy.journal.JournalLimits;
import dev.understudy.journal.Terms;
import dev.understudy.runtime.Signature;
import dev.understudy.runtime.TestLanes;
import dev.understudy.tensor.DataType;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.Tensor;
import dev.understudy.tensor.TensorSpec;
import dev.understudy.verdict.Agreement;
import dev.understudy.verdict.LedgerCounts;
import dev.understudy.verdict.Pair;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A real journal and a ledger to compare with, and runs to compare. Not thread-safe; owned by the test.
final class ComparerFixture implements AutoCloseable {
    private static final Signature SIGNATURE = new Signature(
            List.of(new TensorSpec("in", DataType.FP32, Shape.of(-1, 1))),
            List.of(new TensorSpec("out", DataType.FP32, Shape.of(-1, 1))), true);

    final Journal journal;
    final Ledger ledger = new Ledger(LedgerCounts.ZERO);

    ComparerFixture(Path folder) {
        journal = Journal.open(folder, JournalLimits.DEFAULTS);
    }

    /// An evaluation under these terms, which the journal knows.
    PairEvaluation begun(Terms terms) {
        Pair pair = new Pair("m", "a".repeat(64), "b".repeat(64), terms.fingerprint(""));
        journal.begin(pair, 0, terms);
        return new PairEvaluation("m", pair, terms, journal,
                ((Pairing.Attempt.Paired) Pairing.of(SIGNATURE, SIGNATURE, Map.of())).pairing(), ledger,
                new Segments(), new NoiseMeter(NoiseFloor.NONE), Agreement.NONE);
    }

    /// Samples the requests and compares the run they shared, to the end.
    void compare(PairEvaluation evaluation, List<Mirrored> requests, List<RunOutcome> outcomes) {
        requests.forEach(request -> ledger.sampled());
        try (Comparer comparer = comparer()) {
            comparer.forEvaluation(evaluation)
                    .accept(new FinishedRun(requests, outcomes, List.of(), List.of(), done -> {}));
        }
    }

    static Comparer comparer() {
        return new Comparer(4, TestLanes.pacedInTheNormalClass());
    }

    static Mirrored mirrored(InferenceOutcome champion, @Nullable String segment) {
        return mirrored(champion, null, segment);
    }

    static Mirrored mirrored(InferenceOutcome champion, @Nullable String clientId, @Nullable String segment) {
        Tensor input = Tensor.ofFloats("in", Shape.of(1, 1), 1);
        return new Mirrored(new InferenceRequest("m", null, "id", clientId, List.of(input), List.of(), segment, 0),
                champion, 0);
    }

    static InferenceResponse response(float value) {
        return new InferenceResponse("m", "1", List.of(Tensor.ofFloats("out", Shape.of(1, 1), value)),
                new Timings(0, 0, 1, 0, 1));
    }

    static RunOutcome answer(float value) {
        return new RunOutcome.Answered(List.of(Tensor.ofFloats("out", Shape.of(1, 1), value)),
                new Timings(0, 0, 1, 0, 1));
    }

    @Override
    public void close() throws JournalException {
        journal.close();
    }
}
