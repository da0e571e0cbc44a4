package dev.understudy.verdict;

import java.util.SortedMap;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;

/// Run times of challenger and champion on the same requests, to three digits. Not thread-safe; owned by the
/// [RunTimeTracker] it is part of, or by whoever made it.
final class RunTimes {
    /// Longer times, and runs that failed, count as this.
    static final long LONGEST_NANOS = 3_600_000_000_000L;
    private static final int DIGITS = 3;

    private final Histogram challenger = new Histogram(DIGITS);
    private final Histogram champion = new Histogram(DIGITS);
    private long lost;

    /// Everything is derived from the value at the lower edge of the histogram's bin, which is all that a row keeps.
    ///
    /// @return that value
    long record(boolean ofChallenger, long nanos, long times) {
        Histogram histogram = ofChallenger ? challenger : champion;
        long kept = Math.clamp(nanos, 0, LONGEST_NANOS);
        histogram.recordValueWithCount(kept, times);
        return histogram.lowestEquivalentValue(kept);
    }

    /// Runs of the challenger that were cut short. The champion's times on these requests are not held either.
    void lose(long times) {
        lost += times;
    }

    void add(RunTimes other) {
        challenger.add(other.challenger);
        champion.add(other.champion);
        lost += other.lost;
    }

    void clear() {
        challenger.reset();
        champion.reset();
        lost = 0;
    }

    /// What this holds beyond a part of it.
    RunTimes without(RunTimes part) {
        RunTimes rest = new RunTimes();
        rest.add(this);
        rest.challenger.subtract(part.challenger);
        rest.champion.subtract(part.champion);
        rest.lost -= part.lost;
        return rest;
    }

    boolean isEmpty() {
        return size() == 0;
    }

    /// How many requests, those included whose run was cut short.
    long size() {
        return champion.getTotalCount() + lost;
    }

    long lost() {
        return lost;
    }

    /// The challenger's, without requests whose run was cut short. Read-only.
    Histogram challenger() {
        return challenger;
    }

    /// The same at the worst that those could have been: the challenger's times the longest there are, the champion's none.
    RunTimes atWorst() {
        if (lost == 0) {
            return this;
        }
        RunTimes worst = new RunTimes();
        worst.add(this);
        worst.record(true, LONGEST_NANOS, lost);
        worst.record(false, 0, lost);
        worst.lost = 0;
        return worst;
    }

    /// The champion's, likewise. Read-only.
    Histogram champion() {
        return champion;
    }

    Payload.Bins bins() {
        return new Payload.Bins(bins(challenger), bins(champion));
    }

    private static SortedMap<Long, Long> bins(Histogram histogram) {
        SortedMap<Long, Long> bins = new TreeMap<>();
        for (HistogramIterationValue bin : histogram.recordedValues()) {
            bins.put(histogram.lowestEquivalentValue(bin.getValueIteratedTo()),
                    bin.getCountAtValueIteratedTo());
        }
        return bins;
    }
}
