package dev.understudy.champion;

import java.util.List;

/// Cumulative statistics of one served version, with the meanings of Triton's statistics extension. Immutable.
///
/// @param lastInferenceMillis wall clock of the last request, milliseconds since the epoch; 0 before the first
/// @param inferenceCount      rows inferred, each batch row counted; of a model without a dimension of rows, requests
/// @param executionCount      runs of the model; less than `inferenceCount` when batched
/// @param success             requests answered, and their time from arrival to answer
/// @param fail                requests that failed or were turned away
/// @param queue               waiting for an instance, requests answered only
/// @param computeInput        gathering inputs into staging memory
/// @param computeInfer        running the model
/// @param computeOutput       scattering outputs
/// @param batches             runs by batch size, ascending
/// @param pending             requests admitted and not yet answered, now
public record ServingStatistics(String model, String version, long lastInferenceMillis, long inferenceCount,
        long executionCount, Duration success, Duration fail, Duration queue, Duration computeInput,
        Duration computeInfer, Duration computeOutput, List<Batches> batches, long pending) {
    public ServingStatistics {
        batches = List.copyOf(batches);
    }

    /// So many times, so many nanoseconds in all.
    public record Duration(long count, long nanos) {}

    /// Runs of one batch size. Past 1,024 different ones, a power of two also counts those of further sizes between its half
    /// and itself.
    public record Batches(long batchSize, Duration computeInput, Duration computeInfer, Duration computeOutput) {}
}
