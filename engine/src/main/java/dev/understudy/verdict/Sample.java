package dev.understudy.verdict;

/// Counts of observed values as the bets take them: possibly fractional, once corrected for bursts. Immutable.
public final class Sample {
    private final double[] values;
    private final double[] counts;
    private final double size;
    private final double mean;

    private Sample(double[] values, double[] counts) {
        this.values = values;
        this.counts = counts;
        double all = 0;
        double sum = 0;
        for (int i = 0; i < values.length; i++) {
            all += counts[i];
            sum += counts[i] * values[i];
        }
        size = all;
        mean = sum / all;
    }

    /// Of requests of which some are good and the rest bad.
    public static Sample ofGood(double all, double good) {
        return new Sample(new double[]{0, 1}, new double[]{all - good, good});
    }

    /// Likewise, of whole requests.
    public static Sample ofGood(long all, long good) {
        return ofGood((double) all, (double) good);
    }

    /// Of pairs in which the challenger was better, neither was, or the reference was.
    public static Sample ofPairs(long better, long even, long worse) {
        return new Sample(new double[]{0, 0.5, 1}, new double[]{worse, even, better});
    }

    /// Of scores in thousandths.
    ///
    /// @param counts of 0, .001, .002 and so on up to 1
    public static Sample ofScores(long[] counts) {
        Tally tally = new Tally(Support.SCORE);
        for (int place = 0; place < counts.length; place++) {
            tally.count(place, counts[place], 0);
        }
        return forPassing(Support.SCORE, tally);
    }

    /// What speaks for the challenger: runs that were cut short count as bad.
    static Sample forPassing(Support support, Tally tally) {
        return of(support, tally, tally.lost());
    }

    /// What speaks against it: runs that were cut short are left out.
    static Sample forFailing(Support support, Tally tally) {
        return of(support, tally, 0);
    }

    private static Sample of(Support support, Tally tally, long lost) {
        int filled = 0;
        for (int place = 0; place < support.size(); place++) {
            filled += tally.at(place) != 0 || place == 0 ? 1 : 0;
        }
        double[] values = new double[filled];
        double[] counts = new double[filled];
        int next = 0;
        for (int place = 0; place < support.size(); place++) {
            if (tally.at(place) != 0 || place == 0) {
                values[next] = support.value(place);
                counts[next] = tally.at(place) + (place == 0 ? lost : 0);
                next++;
            }
        }
        return new Sample(values, counts);
    }

    /// The same proportions in another number of observations.
    public Sample scaled(double factor) {
        double[] scaled = counts.clone();
        for (int i = 0; i < scaled.length; i++) {
            scaled[i] *= factor;
        }
        return new Sample(values, scaled);
    }

    /// How many different values there are.
    int values() {
        return values.length;
    }

    double value(int i) {
        return values[i];
    }

    double count(int i) {
        return counts[i];
    }

    /// How many observations there are.
    double size() {
        return size;
    }

    /// Between 0 and 1; NaN without observations.
    double mean() {
        return mean;
    }
}
