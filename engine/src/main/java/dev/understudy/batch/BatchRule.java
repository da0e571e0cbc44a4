package dev.understudy.batch;

import dev.understudy.runtime.Signature;
import dev.understudy.runtime.TrialReport;
import java.util.OptionalInt;

/// Which models may be batched. Immutable.
///
/// @param rowsMax rows that may share a run; 1 never batches
/// @param warning what is wrong with the declaration, one sentence, else empty
public record BatchRule(long rowsMax, String warning) {
    /// Rows of a batch where the model does not declare a limit and its rows have proven independent.
    private static final long ROWS_WHERE_PROVEN = 32;

    /// A declared `max_batch_size` is believed where the signature allows it and no trial contradicts it. Undeclared,
    /// both a shared symbolic first dimension and the trial's proof that rows are independent are needed.
    ///
    /// @param maxBatchSize the declaration, empty where there is none
    public static BatchRule of(OptionalInt maxBatchSize, Signature signature, TrialReport trial) {
        if (maxBatchSize.isEmpty()) {
            boolean proven = signature.sharedBatchAxis() && trial.rowsIndependent();
            return new BatchRule(proven ? ROWS_WHERE_PROVEN : 1, "");
        }
        int declared = maxBatchSize.getAsInt();
        if (declared > 1 && !signature.everyFirstDimensionVaries()) {
            return new BatchRule(1, "max_batch_size is " + declared
                    + ", but not every input and output has a variable first dimension; requests run one by one");
        }
        if (declared > 1 && trial.ran() && !trial.stackable()) {
            return new BatchRule(1, "max_batch_size is " + declared
                    + ", but stacked rows do not give as many rows of output; requests run one by one");
        }
        return new BatchRule(declared, "");
    }
}
