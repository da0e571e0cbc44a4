package dev.understudy.infer;

/// Where the time of one request went, in nanoseconds, by Triton's stages.
///
/// @param queueNanos         from admission until an instance took it
/// @param computeInputNanos  gathering its batch into staging memory
/// @param computeInferNanos  the run of its batch
/// @param computeOutputNanos scattering its batch's outputs
/// @param batchRows          rows of the batch it ran in
public record Timings(long queueNanos, long computeInputNanos, long computeInferNanos, long computeOutputNanos,
        long batchRows) {}
