package dev.understudy.shadow;

/// The bounds of one challenger's line; the reasons stand at `engine.Limits`, where they come from.
///
/// @param queueRowsMax    rows waiting or running
/// @param queueBytesMax   heap bytes those keep alive
/// @param ageNanosMax     a request older than this is shed as stale
/// @param batchRowsMax    rows of one run
/// @param batchDelayNanos how long a run waits to be fuller
/// @param batchNanosMax   what a run should take; its rows follow from it
/// @param runNanosMax     a run longer than this is cancelled
public record ShadowLimits(int queueRowsMax, long queueBytesMax, long ageNanosMax, int batchRowsMax,
        long batchDelayNanos, long batchNanosMax, long runNanosMax) {}
