package dev.understudy.shadow;

/// How much of the time the challengers' lane may run: additive increase while the champion is as fast as without it,
/// multiplicative decrease when it is slower, as TCP shares a line (Chiu and Jain 1989). Clock-free. Immutable.
///
/// The median and the 95th percentile decide, as far as they are surely larger: of a 99th, the rests of a minute can tell
/// next to nothing.
///
/// @param duty share of the time in which a run may be in progress, above 0 to 1
record BackOff(double duty) {
    static final BackOff START = new BackOff(1);
    /// Never less, or it would never be known that more would do.
    static final double DUTY_MIN = 0.02;
    static final double P50_RATIO_MAX = 1.15;
    static final double P95_RATIO_MAX = 1.3;
    /// A difference that no client can tell behind a network. It keeps models of a few microseconds from holding the lane back.
    static final long EXCESS_NANOS_MAX = 50_000;
    private static final double INCREASE = 0.05;
    private static final double DECREASE = 0.5;

    /// The duty after a cycle.
    ///
    /// @param hurts a champion is slower than without the lane
    BackOff after(boolean hurts) {
        return hurts
                ? new BackOff(Math.max(DUTY_MIN, duty * DECREASE))
                : new BackOff(Math.min(1, duty + INCREASE));
    }

    /// False also where nothing is known: a champion that answers so little has nothing to lose.
    static boolean hurts(LatencyRatio ratio) {
        return hurts(ratio.p50Surely(), P50_RATIO_MAX) || hurts(ratio.p95Surely(), P95_RATIO_MAX);
    }

    private static boolean hurts(LatencyRatio.Surely slower, double ratioMax) {
        return slower.ratio() > ratioMax && slower.excessNanos() > EXCESS_NANOS_MAX;
    }
}
