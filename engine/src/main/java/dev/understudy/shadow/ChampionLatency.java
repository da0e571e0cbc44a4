package dev.understudy.shadow;

import dev.understudy.shadow.LatencyRatio.Surely;
import java.util.ArrayDeque;
import java.util.Deque;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;
import org.HdrHistogram.Recorder;

/// One champion's latency with the challengers' lane on and off, over the last [#CYCLES] cycles. Thread-safe: the champion's
/// threads [record][#record], which never waits; one thread closes cycles and reads.
///
/// Load changes from cycle to cycle, and rests are short: the answers of one busy cycle may be most of all that came while the
/// lane ran and few of those that came in rests, and then the two would tell of two loads. So answers with the lane on are weighted,
/// cycle by cycle, to be as many as those in its rest (stratification; Cochran, Sampling Techniques, 3rd edition, chapter 5A).
/// A cycle without answers of both kinds tells nothing.
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

    private final Recorder on = new Recorder(NANOS_MIN, NANOS_MAX, DIGITS);
    private final Recorder off = new Recorder(NANOS_MIN, NANOS_MAX, DIGITS);
    private final Deque<Cycle> cycles = new ArrayDeque<>();

    /// What came in one cycle.
    private record Cycle(Histogram on, Histogram off) {
        boolean tells() {
            return on.getTotalCount() > 0 && off.getTotalCount() > 0;
        }

        /// What one answer with the lane on counts.
        double weight() {
            return (double) off.getTotalCount() / on.getTotalCount();
        }
    }

    /// Answers of one kind, weighted. Not thread-safe.
    private static final class Weighted {
        /// A weight is kept as a whole number of so many parts.
        private static final double PARTS = 1_000;

        private final Histogram sum = new Histogram(NANOS_MIN, NANOS_MAX, DIGITS);
        private double weights;
        private double squares;

        void add(Histogram answers, double weight) {
            for (HistogramIterationValue value : answers.recordedValues()) {
                sum.recordValueWithCount(value.getValueIteratedTo(),
                        Math.round(value.getCountAtValueIteratedTo() * weight * PARTS));
            }
            weights += answers.getTotalCount() * weight;
            squares += answers.getTotalCount() * weight * weight;
        }

        long nanos(double percentile) {
            return Math.max(1, sum.getValueAtPercentile(percentile));
        }

        /// As many answers of equal weight would say as much (Kish, Survey Sampling, 1965, section 8.2).
        double effectiveAnswers() {
            return weights == 0 ? 0 : weights * weights / squares;
        }

        /// By how many points a percentile may miss its place: the number of answers below it is binomial (David and Nagaraja,
        /// Order Statistics, 3rd edition, section 7.1).
        double byChance(double percentile) {
            return STANDARD_ERRORS * Math.sqrt(percentile * (100 - percentile) / effectiveAnswers());
        }
    }

    /// An answer took so long from admission. Any thread of the champion.
    void record(LaneWindows.Window window, long nanos) {
        long bounded = Math.clamp(nanos, 0, NANOS_MAX);
        switch (window) {
            case ON -> on.recordValue(bounded);
            case OFF -> off.recordValue(bounded);
            case SETTLING -> {
                // Tells of neither.
            }
        }
    }

    /// Ends a cycle and forgets the oldest.
    void closeCycle() {
        if (cycles.size() == CYCLES) {
            Cycle oldest = cycles.removeFirst();
            cycles.addLast(new Cycle(on.getIntervalHistogram(oldest.on), off.getIntervalHistogram(oldest.off)));
        } else {
            cycles.addLast(new Cycle(on.getIntervalHistogram(), off.getIntervalHistogram()));
        }
    }

    /// Forgets everything, because the lane will work differently from now on. The rests too: what they tell of a time when
    /// there was less to do says nothing of a time when there is more.
    void forget() {
        cycles.clear();
    }

    /// The ratio over what is remembered.
    LatencyRatio ratio() {
        Weighted with = new Weighted();
        Weighted without = new Weighted();
        cycles.stream().filter(Cycle::tells).forEach(cycle -> {
            with.add(cycle.on, cycle.weight());
            without.add(cycle.off, 1);
        });
        if (with.effectiveAnswers() < ANSWERS_MIN || without.effectiveAnswers() < ANSWERS_MIN) {
            return LatencyRatio.UNKNOWN;
        }
        return new LatencyRatio(ratio(with, without, 50), ratio(with, without, 95), ratio(with, without, 99),
                surely(with, without, 50), surely(with, without, 95));
    }

    /// The low end of where the percentile with the lane may be, over the high end of where it may be without.
    private static Surely surely(Weighted with, Weighted without, double percentile) {
        long fast = with.nanos(percentile - with.byChance(percentile));
        long slow = without.nanos(percentile + without.byChance(percentile));
        return new Surely((double) fast / slow, fast - slow);
    }

    private static double ratio(Weighted with, Weighted without, double percentile) {
        return (double) with.nanos(percentile) / without.nanos(percentile);
    }
}
