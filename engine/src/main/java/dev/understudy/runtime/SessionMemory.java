package dev.understudy.runtime;

/// What sessions have of a GPU's memory for their tensors, weights among them: of their latest runs, a tenth of a second old at
/// most. CUDA's context, kernels and libraries take more, which nobody counts by session. Immutable.
///
/// @param bytes     taken from the GPU, whether in use now or not: it is kept until the session is closed
/// @param peakBytes in use at once, at most; of several sessions the sum
public record SessionMemory(long bytes, long peakBytes) {
    /// That of both.
    SessionMemory plus(SessionMemory other) {
        return new SessionMemory(bytes + other.bytes, peakBytes + other.peakBytes);
    }
}
