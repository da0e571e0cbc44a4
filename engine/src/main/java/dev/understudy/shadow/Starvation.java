package dev.understudy.shadow;

/// Whether a run that is in progress gets any processor time. Clock-free. Not thread-safe; owned by the [Watchdog].
///
/// The kernel books the time a thread has waited only once the wait is over, so what counts is how much it has run of the
/// time in which it could have.
final class Starvation {
    /// Shorter than anything a person would call stuck, longer than any champion's run should keep a lane waiting.
    static final long SPAN_NANOS = 200_000_000L;
    /// The idle class gets three thousandths of what the normal class gets where both want it.
    static final double RUN_SHARE_MIN = 0.1;

    private long run = -1;
    private long sinceNanos;
    private long cpuNanos;

    /// True when the run has had less than [#RUN_SHARE_MIN] of a processor for [#SPAN_NANOS].
    ///
    /// @param number       tells one run from another
    /// @param nowNanos     the time
    /// @param cpuNanosNow  processor time its thread has had in its life
    boolean starves(long number, long nowNanos, long cpuNanosNow) {
        if (number != run) {
            run = number;
            restart(nowNanos, cpuNanosNow);
            return false;
        }
        long spanNanos = nowNanos - sinceNanos;
        if (spanNanos < SPAN_NANOS) {
            return false;
        }
        boolean starves = cpuNanosNow - cpuNanos < spanNanos * RUN_SHARE_MIN;
        restart(nowNanos, cpuNanosNow);
        return starves;
    }

    private void restart(long nowNanos, long cpuNanosNow) {
        sinceNanos = nowNanos;
        cpuNanos = cpuNanosNow;
    }
}
