package dev.understudy.verdict;

/// How many requests are worth one where they come in bursts: the variance of sums over blocks of time, over what it would
/// be if requests were independent. Not thread-safe; lives for one pass over the minutes.
///
/// Blocks of 1, 2, 4, ... minutes; the largest ratio over all block lengths with at least ten blocks, and over all minutes
/// of the past, and at least 1. Dividing all counts by it can only make a verdict slower.
final class DesignEffect {
    /// Fewer blocks say nothing about their variance.
    private static final int BLOCKS_MIN = 10;
    /// Blocks of up to 2^19 minutes, a year; the last only takes what the one before it closes.
    private static final int SCALES = 21;
    /// Before so many minutes are over, bursts cannot be told, and nothing that is corrected for them is decided.
    static final int MINUTES_MIN = 30;

    private final Scale[] scales = new Scale[SCALES];
    private long busyMinutes;
    private double effect = 1;

    private DesignEffect() {
        for (int i = 0; i < SCALES; i++) {
            scales[i] = new Scale();
        }
    }

    /// One block length: sums over its closed blocks, and over the open one.
    private static final class Scale {
        private long blocks;
        private double count;
        private double sum;
        private double squares;
        private double sumSquared;
        private double sumTimesCount;
        private double countSquared;
        private double openCount;
        private double openSum;
        private double openSquares;

        void add(double count, double sum, double squares) {
            openCount += count;
            openSum += sum;
            openSquares += squares;
        }

        /// Closes the block, which is half of one of the next length.
        void closeInto(Scale next) {
            blocks++;
            count += openCount;
            sum += openSum;
            squares += openSquares;
            sumSquared += openSum * openSum;
            sumTimesCount += openSum * openCount;
            countSquared += openCount * openCount;
            next.add(openCount, openSum, openSquares);
            openCount = 0;
            openSum = 0;
            openSquares = 0;
        }

        double effect() {
            double mean = sum / count;
            double variance = squares / count - mean * mean;
            double between = sumSquared - 2 * mean * sumTimesCount + mean * mean * countSquared;
            double effect = (double) blocks / (blocks - 1) * between / (count * variance);
            return effect > 1 ? effect : 1;
        }
    }

    /// What the minutes before `nowMinute` tell.
    ///
    /// @param effect      at least 1
    /// @param busyMinutes how many of them held an observation
    record Measured(double effect, long busyMinutes) {}

    static Measured of(MinuteSeries series, long nowMinute) {
        DesignEffect pass = new DesignEffect();
        long first = Long.MIN_VALUE;
        long at = 0;
        for (int i = 0; i < series.size() && series.minute(i) < nowMinute; i++) {
            long minute = series.minute(i);
            first = first == Long.MIN_VALUE ? minute : first;
            pass.idle(at, minute - first);
            pass.scales[0].add((double) series.count(i), (double) series.sum(i), (double) series.squares(i));
            pass.close(minute - first + 1);
            pass.busyMinutes++;
            at = minute - first + 1;
        }
        return new Measured(pass.effect, pass.busyMinutes);
    }

    /// Minutes without observations close blocks as well.
    private void idle(long from, long to) {
        for (long minutes = from + 1; minutes <= to; minutes++) {
            close(minutes);
        }
    }

    private void close(long minutes) {
        for (int i = 0; i < SCALES - 1 && minutes % (1L << i) == 0; i++) {
            scales[i].closeInto(scales[i + 1]);
            if (scales[i].blocks >= BLOCKS_MIN) {
                effect = Math.max(effect, scales[i].effect());
            }
        }
    }
}
