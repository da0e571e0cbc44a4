package dev.understudy.shadow;

import dev.understudy.shadow.LatencyRatio.Surely;
import java.util.ArrayDeque;
import java.util.Deque;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/// One champion's latency with the challengers' lane on and off, over the last [#CYCLES] cycles. Thread-safe: the champion's
/// threads [record][#record], which never waits; one thread closes cycles and reads.
final class ChampionLatency {
    /// Enough rests for a tail to be seen, recent enough to be about now.
    static final int CYCLES = 20;
    /// Answers that must be known of each kind before a ratio says anything.
    static final int ANSWERS_MIN = 100;
    private static final long NANOS_MIN = 1_000;
    private static final long NANOS_MAX = 60_000_000_000L;
    private static final int DIGITS = 2;
    /// One side of an interval that misses one time in 44.
    private static final double STANDARD_ERRORS = 2;

    private final Kind on = new Kind();
    private final Kind off = new Kind();

    /// Answers of one kind of window.
    private static final class Kind {
        private final Recorder recorder = new Recorder(NANOS_MIN, NANOS_MAX, DIGITS);
        private final Deque<Histogram> cycles = new ArrayDeque<>();

        void closeCycle() {
            Histogram oldest = cycles.size() == CYCLES ? cycles.removeFirst() : null;
            cycles.addLast(recorder.getIntervalHistogram(oldest));
        }

        Histogram all() {
            Histogram sum = new Histogram(NANOS_MIN, NANOS_MAX, DIGITS);
            cycles.forEach(sum::add);
            return sum;
        }
    }

    /// An answer took so long from admission. Any thread of the champion.
    void record(LaneWindows.Window window, long nanos) {
        long bounded = Math.clamp(nanos, 0, NANOS_MAX);
        switch (window) {
            case ON -> on.recorder.recordValue(bounded);
            case OFF -> off.recorder.recordValue(bounded);
            case SETTLING -> {
                // Tells of neither.
            }
        }
    }

    /// Ends a cycle and forgets the oldest.
    void closeCycle() {
        on.closeCycle();
        off.closeCycle();
    }

    /// Forgets everything, because the lane will work differently from now on. The rests too: what they tell of a time when
    /// there was less to do says nothing of a time when there is more.
    void forget() {
        on.cycles.clear();
        off.cycles.clear();
    }

    /// The ratio over what is remembered.
    LatencyRatio ratio() {
        Histogram with = on.all();
        Histogram without = off.all();
        if (with.getTotalCount() < ANSWERS_MIN || without.getTotalCount() < ANSWERS_MIN) {
            return LatencyRatio.UNKNOWN;
        }
        return new LatencyRatio(ratio(with, without, 50), ratio(with, without, 95), ratio(with, without, 99),
                surely(with, without, 50), surely(with, without, 95));
    }

    /// The low end of where the percentile with the lane may be, over the high end of where it may be without.
    private static Surely surely(Histogram with, Histogram without, double percentile) {
        long fast = Math.max(1, with.getValueAtPercentile(percentile - byChance(percentile, with)));
        long slow = Math.max(1, without.getValueAtPercentile(percentile + byChance(percentile, without)));
        return new Surely((double) fast / slow, fast - slow);
    }

    /// By how many points a percentile of so many answers may miss its place: the number of answers below it is binomial
    /// (David and Nagaraja, Order Statistics, 3rd edition, section 7.1).
    private static double byChance(double percentile, Histogram answers) {
        return STANDARD_ERRORS * Math.sqrt(percentile * (100 - percentile) / answers.getTotalCount());
    }

    private static double ratio(Histogram with, Histogram without, double percentile) {
        return (double) Math.max(1, with.getValueAtPercentile(percentile))
                / Math.max(1, without.getValueAtPercentile(percentile));
    }
}
