package dev.understudy.batch;

import dev.understudy.infer.InferenceRequest;
import java.util.Collections;
import java.util.List;

/// Runs a model before it is sent requests, on one request again and again, alone and in ever larger batches: that measures how
/// long its runs take, has the JVM load and compile what will be done, and has a GPU's memory and kernels in place.
public final class Calibration {
    /// The least of a few runs is what a run takes when nothing is in its way.
    private static final int RUNS_OF_EACH = 3;
    /// Runs that take so many budgets are larger than any that will be chosen.
    private static final long BUDGETS_MAX = 16;

    private Calibration() {}

    /// What was measured; nothing where the request does not suit the model.
    ///
    /// @param runner      the model's, on its instance's thread
    /// @param request     what is run
    /// @param rowsMax     rows of one run at most
    /// @param budgetNanos what a run should take
    public static RunTimes run(BatchRunner runner, InferenceRequest request, long rowsMax, long budgetNanos) {
        RunTimes times = new RunTimes(rowsMax);
        // A recorded request may have no rows at all.
        long rows = Math.max(1, request.rows());
        long nanos = 0;
        long copiesMax = Math.max(1, rowsMax / rows);
        // Powers of two, and then as much as there may be.
        for (long copies = 1, next; copies <= copiesMax; copies = next) {
            next = copies < copiesMax ? Math.min(2 * copies, copiesMax) : copiesMax + 1;
            if (nanos > BUDGETS_MAX * budgetNanos) {
                break;
            }
            List<InferenceRequest> batch = Collections.nCopies((int) copies, request);
            for (int i = 0; i < RUNS_OF_EACH; i++) {
                long start = System.nanoTime();
                if (runner.run(batch).getFirst() instanceof RunOutcome.Failed) {
                    return times;
                }
                nanos = runner.deviceNanos().orElse(System.nanoTime() - start);
                times.ran(copies * request.rows(), nanos);
            }
        }
        return times;
    }
}
