package dev.understudy.ffm.cuda;

/// A GPU, as the driver lists it.
///
/// @param ordinal         its number in this process, which `CUDA_VISIBLE_DEVICES` may have changed
/// @param name            `NVIDIA H100 80GB HBM3`
/// @param major           of its compute capability
/// @param minor           of its compute capability
/// @param multiprocessors its streaming multiprocessors
/// @param memoryBytes     all of its memory
public record CudaDevice(int ordinal, String name, int major, int minor, int multiprocessors, long memoryBytes) {
    /// `9.0`.
    public String computeCapability() {
        return major + "." + minor;
    }
}
