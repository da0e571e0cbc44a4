package dev.understudy.verdict;

import dev.understudy.verdict.Observation.Rerun;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;

/// Evidence on a [Criterion.Ratio]: run times of challenger and champion on the same requests in the same lane, to three
/// digits, and by minute more coarsely.
final class RunTimeTracker implements Tracker {
    /// Longer times, and runs that failed, count as this.
    static final long LONGEST_NANOS = 3_600_000_000_000L;
    private static final int DIGITS = 3;

    private final String key;
    private final Histogram challenger = new Histogram(DIGITS);
    private final Histogram champion = new Histogram(DIGITS);
    private final RunTimeMinutes minutes = new RunTimeMinutes();

    RunTimeTracker(String key) {
        this.key = key;
    }

    @Override
    public boolean take(Observation observation) {
        if (!(observation instanceof Rerun rerun) || rerun.championNanos() < 0) {
            return false;
        }
        record(true, rerun.minute(), rerun.challengerNanos() < 0 ? LONGEST_NANOS : rerun.challengerNanos(), 1);
        record(false, rerun.minute(), rerun.championNanos(), 1);
        return true;
    }

    /// Everything is derived from the value at the lower edge of the histogram's bin, which is all that a row keeps.
    private void record(boolean ofChallenger, long minute, long nanos, long times) {
        Histogram histogram = ofChallenger ? challenger : champion;
        long kept = Math.min(Math.max(nanos, 0), LONGEST_NANOS);
        histogram.recordValueWithCount(kept, times);
        minutes.add(minute, ofChallenger, histogram.lowestEquivalentValue(kept), times);
    }

    @Override
    public void add(EvidenceMinute row) {
        if (row.payload() == null || !(Payload.decode(row.payload()) instanceof Payload.Bins bins)) {
            throw new IllegalArgumentException("a row of run times without run times");
        }
        bins.left().forEach((nanos, times) -> record(true, row.minute(), nanos, times));
        bins.right().forEach((nanos, times) -> record(false, row.minute(), nanos, times));
    }

    @Override
    public void add(Tracker other) {
        RunTimeTracker same = (RunTimeTracker) other;
        challenger.add(same.challenger);
        champion.add(same.champion);
        minutes.add(same.minutes);
    }

    @Override
    public void export(long minute, List<EvidenceMinute> rows) {
        if (challenger.getTotalCount() != 0) {
            rows.add(new EvidenceMinute(minute, key, "", 0, 0, 0, 0,
                    Payload.encode(new Payload.Bins(bins(challenger), bins(champion)))));
        }
    }

    private static SortedMap<Long, Long> bins(Histogram histogram) {
        SortedMap<Long, Long> bins = new TreeMap<>();
        for (HistogramIterationValue bin : histogram.recordedValues()) {
            bins.put(histogram.lowestEquivalentValue(bin.getValueIteratedTo()),
                    bin.getCountAtValueIteratedTo());
        }
        return bins;
    }

    /// Read-only.
    Histogram challenger() {
        return challenger;
    }

    /// Read-only.
    Histogram champion() {
        return champion;
    }

    RunTimeMinutes minutes() {
        return minutes;
    }
}
