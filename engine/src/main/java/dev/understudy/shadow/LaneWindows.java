package dev.understudy.shadow;

/// When the challengers' lane rests, so that what the champion is like without it is known too. A pure function of time.
///
/// The champion is compared with itself minutes and not hours apart: in every cycle the lane is off for a short while at a
/// place that differs from cycle to cycle, so that traffic with a rhythm of its own cannot fall in step. What waits in the
/// queues meanwhile runs later, so a rest costs no coverage.
///
/// @param originNanos when the first cycle began
record LaneWindows(long originNanos) {
    static final long CYCLE_NANOS = 2_000_000_000L;
    static final long OFF_NANOS = 200_000_000L;
    /// After a switch, how long what the champion answers may still be owed to what was before.
    static final long SETTLING_NANOS = 20_000_000L;

    /// What an answer of the champion's tells of.
    enum Window {
        /// The challengers run as they may.
        ON,
        /// They rest.
        OFF,
        /// They rest, or may run again, and it cannot show yet.
        SETTLING
    }

    Window at(long nowNanos) {
        long since = sinceOff(nowNanos);
        if (since < 0 || since >= OFF_NANOS + SETTLING_NANOS) {
            return Window.ON;
        }
        return since >= SETTLING_NANOS && since < OFF_NANOS ? Window.OFF : Window.SETTLING;
    }

    /// How long the lane must still rest; 0 when it may run.
    long restNanos(long nowNanos) {
        long since = sinceOff(nowNanos);
        return since < 0 || since >= OFF_NANOS ? 0 : OFF_NANOS - since;
    }

    /// The number of the cycle, from 0.
    long cycle(long nowNanos) {
        return Math.floorDiv(nowNanos - originNanos, CYCLE_NANOS);
    }

    /// Time since the rest of this cycle began; negative before.
    private long sinceOff(long nowNanos) {
        long cycle = cycle(nowNanos);
        long room = CYCLE_NANOS - OFF_NANOS - SETTLING_NANOS;
        // SplitMix64's finaliser: neighbouring numbers must scatter.
        long scattered = (cycle + 1) * 0x9e3779b97f4a7c15L;
        scattered = (scattered ^ (scattered >>> 30)) * 0xbf58476d1ce4e5b9L;
        scattered = (scattered ^ (scattered >>> 27)) * 0x94d049bb133111ebL;
        long start = Math.floorMod(scattered ^ (scattered >>> 31), room);
        return nowNanos - originNanos - cycle * CYCLE_NANOS - start;
    }
}
