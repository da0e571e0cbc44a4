package dev.understudy.ffm.cuda;

/// What NVML says of a GPU now, whoever uses it. A number that this GPU or its driver does not tell is NaN, or -1 where it is
/// whole.
///
/// @param uuid             `GPU-` and five groups of hexadecimal digits; empty where it is not told
/// @param utilization      the share of the last sampling period, of a sixth of a second to a second, in which a kernel ran:
///                         0 to 1
/// @param memoryUsedBytes  what is allocated, with what the driver keeps for itself
/// @param memoryTotalBytes all there is
/// @param powerWatts       on the newer ones the mean of the last second
/// @param powerLimitWatts  what the driver holds it to
/// @param energyJoules     since the driver was loaded
public record GpuReading(String uuid, double utilization, long memoryUsedBytes, long memoryTotalBytes,
        double powerWatts, double powerLimitWatts, double energyJoules) {}
