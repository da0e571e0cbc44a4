package dev.understudy.benchmarks.lane;

import dev.understudy.benchmarks.Mark;
import dev.understudy.benchmarks.Rounds;
import java.io.IOException;

/// What a [Side] answers a second. Immutable.
///
/// @param sequential with one caller, who sends the next request when the answer has come: one over the time of one request
/// @param saturated  with as many callers as fill its batches
record Capacity(double sequential, double saturated) {
    private static final int SAMPLES = 5;
    private static final double SAMPLE_SECONDS = 0.6;
    private static final int SATURATING = 64;

    /// Medians of several short looks.
    static Capacity of(Side side) throws IOException {
        return new Capacity(median(side, 1), median(side, SATURATING));
    }

    private static double median(Side side, int underWay) throws IOException {
        double[] samples = new double[SAMPLES];
        for (int i = 0; i < SAMPLES; i++) {
            samples[i] = new ClosedLoop(underWay, SAMPLE_SECONDS).perSecond(side);
        }
        return new Rounds(samples).median();
    }

    @Override
    public String toString() {
        return "the champion alone answers " + Mark.text(sequential) + " requests/s to one caller, "
                + Mark.text(saturated) + " to " + SATURATING;
    }
}
