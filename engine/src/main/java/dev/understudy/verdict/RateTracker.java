package dev.understudy.verdict;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Evidence on a [Criterion.Rate]: counts by value and segment, and by minute where bursts are corrected for.
final class RateTracker implements Tracker {
    private final Criterion.Rate criterion;
    private final Support support;
    private final SortedMap<String, Tally> segments = new TreeMap<>();
    private final @Nullable MinuteSeries series;

    RateTracker(Criterion.Rate criterion) {
        this.criterion = criterion;
        this.support = criterion.question().support();
        this.series = criterion.bursts() ? new MinuteSeries() : null;
    }

    @Override
    public boolean take(Observation observation) {
        int place = criterion.question().place(observation);
        if (place == Question.NONE) {
            return false;
        }
        String segment = observation.segment() == null ? "" : observation.segment();
        if (criterion.segment() != null && !criterion.segment().equals(segment)) {
            return false;
        }
        tally(segment).count(place, observation.minute());
        if (series != null) {
            series.add(observation.minute(), badness(Math.max(place, 0)), 1);
        }
        return true;
    }

    private int badness(int place) {
        return support.size() - 1 - place;
    }

    private Tally tally(String segment) {
        Tally known = segments.get(segment);
        if (known != null) {
            return known;
        }
        Tally fresh = new Tally(support);
        segments.put(segment, fresh);
        return fresh;
    }

    @Override
    public void add(EvidenceMinute row) {
        Tally tally = tally(row.segment());
        tally.addLost(row.lost(), row.minute());
        if (series != null) {
            series.add(row.minute(), badness(0), row.lost());
        }
        if (support == Support.SCORE) {
            if (row.payload() == null || !(Payload.decode(row.payload()) instanceof Payload.Bins bins)) {
                throw new IllegalArgumentException("a row of scores without scores");
            }
            bins.left().forEach((place, times) -> add(tally, Math.toIntExact(place), times, row.minute()));
        } else {
            add(tally, support.size() - 1, row.good(), row.minute());
            add(tally, 0, row.bad(), row.minute());
            if (support == Support.PAIRED) {
                add(tally, 1, row.even(), row.minute());
            }
        }
    }

    private void add(Tally tally, int place, long times, long minute) {
        tally.add(place, times, minute);
        if (series != null) {
            series.add(minute, badness(place), times);
        }
    }

    @Override
    public void add(Tracker other) {
        RateTracker same = (RateTracker) other;
        same.segments.forEach((segment, tally) -> tally(segment).add(tally));
        if (series != null && same.series != null) {
            series.add(same.series);
        }
    }

    @Override
    public void export(long minute, List<EvidenceMinute> rows) {
        segments.forEach((segment, tally) -> {
            if (support == Support.SCORE) {
                SortedMap<Long, Long> bins = new TreeMap<>();
                for (int place = 0; place < support.size(); place++) {
                    if (tally.at(place) != 0) {
                        bins.put((long) place, tally.at(place));
                    }
                }
                rows.add(new EvidenceMinute(minute, criterion.key(), segment, 0, 0, 0, tally.lost(),
                        Payload.encode(new Payload.Bins(bins, Collections.emptySortedMap()))));
            } else {
                long even = support == Support.PAIRED ? tally.at(1) : 0;
                rows.add(new EvidenceMinute(minute, criterion.key(), segment, tally.at(support.size() - 1), even,
                        tally.at(0), tally.lost(), null));
            }
        });
    }

    /// All segments together.
    Tally total() {
        Tally total = new Tally(support);
        segments.values().forEach(total::add);
        return total;
    }

    /// Tallies by segment, the one without a name under the empty string; read-only.
    Map<String, Tally> segments() {
        return Collections.unmodifiableMap(segments);
    }

    /// By minute, null where each request counts as it is.
    @Nullable
    MinuteSeries series() {
        return series;
    }
}
