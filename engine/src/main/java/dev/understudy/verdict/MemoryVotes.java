package dev.understudy.verdict;

import dev.understudy.verdict.Payload.Range;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/// Turns samples of memory into votes on its growth: the watched period is cut into windows, and each that is over votes
/// that the growth is within the limit when the slope through its minima is. If the true growth exceeds the limit and the
/// noise is symmetric, a vote is in favour with a chance of at most one half. Stateless.
final class MemoryVotes {
    static final int WINDOWS = 18;
    /// Below this a window holds fewer than three minima, and three are the fewest a slope says something by.
    static final int SHORTEST_MINUTES = WINDOWS * 3 * MemoryTracker.INTERVAL_MINUTES;
    /// Standard deviation of ten-minute minima about their trend, as measured on resident memory of servers.
    static final double USUAL_NOISE_BYTES = 3.5e6;
    /// What correlation of neighbouring minima (0.5) adds to the error of a slope: sqrt((1 + 0.5) / (1 - 0.5)).
    private static final double CORRELATION = Math.sqrt(3);
    /// A limit of half a standard error of one window's slope is kept by two windows in three without any growth: too few
    /// for 16 of 18.
    private static final double RESOLVABLE = 0.5;

    private MemoryVotes() {}

    /// The smallest limit that a period has a fair chance to show, bytes an hour.
    ///
    /// @param noiseBytes standard deviation of ten-minute minima about their trend
    static double smallestTestable(int overMinutes, double noiseBytes) {
        double hours = overMinutes / 60.0 / WINDOWS;
        double minima = hours * 60 / MemoryTracker.INTERVAL_MINUTES;
        double spread = hours / Math.sqrt(12);
        return RESOLVABLE * CORRELATION * noiseBytes / (spread * Math.sqrt(minima));
    }

    /// The slopes of all windows that are over, bytes an hour, in no particular order.
    ///
    /// @param nowMinute windows that end by then are over
    static double[] slopes(MemoryTracker tracker, int overMinutes, long nowMinute) {
        List<Double> slopes = new ArrayList<>();
        double window = (double) overMinutes / WINDOWS;
        for (SortedMap<Long, Range> intervals : tracker.processes().values()) {
            Line line = new Line();
            long first = intervals.firstKey();
            long base = intervals.sequencedValues().getFirst().least();
            long index = 0;
            for (Map.Entry<Long, Range> interval : intervals.entrySet()) {
                long at = (long) ((interval.getKey() - first) / window);
                if (at != index) {
                    line.vote(slopes);
                    line = new Line();
                    index = at;
                }
                line.add((interval.getKey() - first) / 60.0, (double) (interval.getValue().least() - base));
            }
            if (first + (index + 1) * window <= nowMinute) {
                line.vote(slopes);
            }
        }
        return slopes.stream().mapToDouble(Double::doubleValue).toArray();
    }

    /// Standard deviation of a process's minima about their line.
    static double noiseBytes(SortedMap<Long, Range> intervals) {
        Line line = new Line();
        long first = intervals.firstKey();
        long base = intervals.sequencedValues().getFirst().least();
        intervals.forEach((minute, range) -> line.add((minute - first) / 60.0, (double) (range.least() - base)));
        return line.noise();
    }

    /// Sums for a least-squares line through minima over hours.
    private static final class Line {
        private int count;
        private double hours;
        private double hoursSquared;
        private double bytes;
        private double bytesSquared;
        private double product;

        void add(double hour, double value) {
            count++;
            hours += hour;
            hoursSquared += hour * hour;
            bytes += value;
            bytesSquared += value * value;
            product += hour * value;
        }

        private double slope() {
            return (count * product - hours * bytes) / (count * hoursSquared - hours * hours);
        }

        /// Two minima always lie on a line, so it takes three to say anything.
        void vote(List<Double> slopes) {
            if (count >= 3) {
                slopes.add(slope());
            }
        }

        double noise() {
            double spread = bytesSquared - bytes * bytes / count;
            double explained = slope() * (product - hours * bytes / count);
            return Math.sqrt(Math.max(0, spread - explained) / (count - 2));
        }
    }
}
