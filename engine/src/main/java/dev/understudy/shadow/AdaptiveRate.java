package dev.understudy.shadow;

/// Which part of the requests chosen for the shadow one challenger takes: halved when it cannot keep up, doubled when it has
/// kept up for a while. Clock-free: told once a round. Immutable.
///
/// What a full queue sheds comes in bursts and so leaves out what bursts are made of; a lower rate leaves out requests by
/// a hash of their ids, whatever they hold. Rates go by powers of two, so that they change seldom enough to be recorded.
///
/// @param halvings   how often the rate is halved
/// @param calmRounds rounds in a row in which it kept up
/// @param patience   rounds in which it must keep up before more is tried
/// @param raised     the last change was a doubling
/// @param pressure   of the last round
record AdaptiveRate(int halvings, int calmRounds, int patience, boolean raised, double pressure) {
    static final int HALVINGS_MAX = 10;
    /// A second of rounds: a burst, or a moment in which others were busy, is over soon.
    static final int PATIENCE_MIN = 2;
    /// Half a minute of rounds: where more was tried in vain again and again, it is tried and recorded seldom.
    static final int PATIENCE_MAX = 64;
    static final AdaptiveRate FULL = new AdaptiveRate(0, 0, PATIENCE_MIN, false, 0);
    /// So near to shedding that it will come to it.
    static final double HIGH_PRESSURE = 0.75;
    /// So far from it that it keeps up.
    static final double LOW_PRESSURE = 0.25;

    /// The part that is taken, above 0 to 1.
    double factor() {
        return Math.scalb(1.0, -halvings);
    }

    /// The rate after a round. Pressure that is already falling is left to fall, since a queue takes its time to drain.
    ///
    /// @param nowPressure how near it is to shedding what waits for it, 0 to 1
    AdaptiveRate after(double nowPressure) {
        boolean rising = nowPressure >= pressure;
        if (nowPressure > HIGH_PRESSURE && rising && halvings < HALVINGS_MAX) {
            int longer = raised ? Math.min(PATIENCE_MAX, 2 * patience) : patience;
            return new AdaptiveRate(halvings + 1, 0, longer, false, nowPressure);
        }
        if (nowPressure > LOW_PRESSURE || halvings == 0) {
            return new AdaptiveRate(halvings, 0, patience, raised, nowPressure);
        }
        if (calmRounds + 1 < patience) {
            return new AdaptiveRate(halvings, calmRounds + 1, patience, raised, nowPressure);
        }
        return new AdaptiveRate(halvings - 1, 0, raised ? PATIENCE_MIN : patience, true, nowPressure);
    }
}
