package dev.understudy.champion;

import dev.understudy.batch.BatchRule;
import dev.understudy.batch.BatchRunner;
import dev.understudy.batch.Calibration;
import dev.understudy.infer.InferenceRequest;
import dev.understudy.model.ModelConfig;
import dev.understudy.model.WarmupSample;
import dev.understudy.runtime.OrtInstance;
import dev.understudy.runtime.RunsOn;
import dev.understudy.runtime.Trial;
import dev.understudy.runtime.TrialReport;
import dev.understudy.tensor.Tensor;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Runs a champion on a GPU in every batch size before it answers. The first batch of a size has memory allocated, on the GPU
/// and pinned in the host, which holds up whatever runs: met while requests queue up it makes the queue longer, and the next
/// batch larger. Stateless.
final class BatchWarmUp {
    /// Sizes beyond one that takes 16 times so long are left to the requests that need them.
    private static final long BUDGET_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private BatchWarmUp() {}

    /// On the instance's thread. Does nothing on the processors, where memory is had at once.
    static void run(OrtInstance instance, String model, ModelConfig config, TrialReport trial) {
        long rowsMax = BatchRule.of(config.maxBatchSize(), instance.signature(), trial).rowsMax();
        List<WarmupSample> samples = config.triton().warmup();
        if (!(instance.runsOn() instanceof RunsOn.Stream) || rowsMax <= 1 || !trial.ran()) {
            return;
        }
        List<Tensor> inputs = samples.isEmpty()
                ? Trial.madeUp(instance.signature())
                : samples.getFirst().inputs();
        InferenceRequest request = new InferenceRequest(model, null, "warm-up", null, inputs, List.of(), null, 0);
        var unused = Calibration.run(new BatchRunner(instance, timings -> {}), request, rowsMax, BUDGET_NANOS);
    }
}
