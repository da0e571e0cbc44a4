package dev.understudy.shadow;

import dev.understudy.batch.BatchPolicy;
import dev.understudy.batch.BatchRule;
import dev.understudy.batch.BatchRunner;
import dev.understudy.batch.BatchSizing;
import dev.understudy.batch.Calibration;
import dev.understudy.batch.RequestCheck;
import dev.understudy.batch.RunOutcome;
import dev.understudy.batch.RunTimes;
import dev.understudy.infer.InferenceRequest;
import dev.understudy.model.ModelConfig;
import dev.understudy.model.WarmupSample;
import dev.understudy.runtime.DeviceLostException;
import dev.understudy.runtime.Isolation;
import dev.understudy.runtime.ModelLoadException;
import dev.understudy.runtime.OrtInstance;
import dev.understudy.runtime.Signature;
import dev.understudy.runtime.Trial;
import dev.understudy.runtime.TrialReport;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// A challenger's session at work: which requests suit it, how many it should run at once, what it makes of them. Not
/// thread-safe; owned by its line's thread.
final class Rehearsal {
    private final BatchRunner runner;
    private final Guard guard;
    private final InferenceRequest example;
    private final Signature signature;
    private final BatchSizing sizing;
    private final BatchPolicy greedy;
    private final long delayNanos;
    private final RunTimes times;

    private Rehearsal(BatchRunner runner, Guard guard, InferenceRequest example, Signature signature,
            BatchSizing sizing, long delayNanos, RunTimes times) {
        this.runner = runner;
        this.guard = guard;
        this.example = example;
        this.signature = signature;
        this.sizing = sizing;
        this.greedy = new BatchPolicy(sizing.rowsMax(), 0);
        this.delayNanos = delayNanos;
        this.times = times;
    }

    /// Tries and calibrates a challenger that has just been loaded.
    ///
    /// @throws ModelLoadException when it fails on a sample
    static Rehearsal prepare(OrtInstance instance, Guard guard, String model, ModelConfig config, ShadowLimits limits,
            List<WarmupSample> samples) throws ModelLoadException {
        Signature signature = instance.signature();
        TrialReport trial = guard.run(() -> Trial.run(instance, samples));
        BatchRule rule = BatchRule.of(config.maxBatchSize(), signature, trial);
        long rowsMax = rule.rowsMax() > 1 ? Math.min(rule.rowsMax(), limits.batchRowsMax()) : 1;
        BatchRunner runner = new BatchRunner(instance, timings -> {});
        InferenceRequest request = new InferenceRequest(model, null, "calibration", null,
                samples.isEmpty() ? Trial.madeUp(signature) : samples.getFirst().inputs(), List.of(), null, 0);
        RunTimes times = guard.run(() -> Calibration.run(runner, request, rowsMax, limits.batchNanosMax()));
        return new Rehearsal(runner, guard, request, signature, new BatchSizing(rowsMax, limits.batchNanosMax()),
                limits.batchDelayNanos(), times);
    }

    /// Has what it answers to the request it was calibrated on compared before anybody asks, if it answers.
    void warmUp(Comparisons comparer) {
        if (guard.run(() -> runner.run(List.of(example))).getFirst() instanceof RunOutcome.Answered answer) {
            comparer.rehearse(example, answer);
        }
    }

    /// Rows of one run at most.
    long rowsMax() {
        return sizing.rowsMax();
    }

    Signature signature() {
        return signature;
    }

    /// Paced, a batch is as large as its time allows and waits to be full; else it is whatever has come.
    ///
    /// @param waitingRows rows that wait for this challenger
    /// @param gapNanos    how long the champion is expected to leave the device alone
    BatchPolicy policy(Isolation level, long waitingRows, long gapNanos) {
        return level.paces() ? new BatchPolicy(sizing.rows(times, waitingRows, gapNanos), delayNanos) : greedy;
    }

    /// Whether the challenger can take this request.
    boolean suits(Mirrored mirrored) {
        return RequestCheck.refuse(mirrored.askedForAll(), signature, false) == null;
    }

    /// One outcome a request, in order. A lost device has been told of and goes on up.
    List<RunOutcome> run(List<Mirrored> batch) {
        if (batch.isEmpty()) {
            return List.of();
        }
        long rows = 0;
        List<InferenceRequest> requests = new ArrayList<>(batch.size());
        for (Mirrored next : batch) {
            requests.add(next.askedForAll());
            rows += next.request().rows();
        }
        try {
            long startNanos = System.nanoTime();
            List<RunOutcome> outcomes = guard.run(() -> runner.run(requests));
            if (outcomes.getFirst() instanceof RunOutcome.Answered) {
                times.ran(rows, runner.deviceNanos().orElse(System.nanoTime() - startNanos));
            }
            return outcomes;
        } catch (DeviceLostException e) {
            throw e;
        } catch (RuntimeException | Error e) {
            return Collections.nCopies(batch.size(), new RunOutcome.Failed("internal error: " + e, false, 0));
        }
    }
}
