package dev.understudy.verdict;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// Evidence on a [Criterion.Rate]: counts by value, of each segment and of all together. A label counts under two segments, its
/// request's and its class, and once in all together.
final class RateTracker implements Tracker {
    private final Criterion.Rate criterion;
    private final Support support;
    private final SortedMap<String, Strand> segments = new TreeMap<>();
    private final Strand total;

    RateTracker(Criterion.Rate criterion) {
        this.criterion = criterion;
        this.support = criterion.question().support();
        this.total = strand();
    }

    private Strand strand() {
        return new Strand(support, criterion.bursts());
    }

    @Override
    public boolean take(Observation observation) {
        int place = criterion.question().place(observation);
        if (place == Question.NONE) {
            return false;
        }
        String segment = observation.segment() == null ? "" : observation.segment();
        String label = observation.labelSegment();
        if (criterion.segment() == null) {
            count(segment, place, 1, observation.minute());
            if (label != null) {
                count(label, place, 1, observation.minute());
            }
            return true;
        }
        if (criterion.segment().equals(segment) || criterion.segment().equals(label)) {
            count(criterion.segment(), place, 1, observation.minute());
            return true;
        }
        return false;
    }

    private void count(String name, int place, long times, long minute) {
        segment(name).count(place, times, minute);
        if (!countsAgain(name)) {
            total.count(place, times, minute);
        }
    }

    /// Whether what counts under a segment counts under another too, as labels do under their class.
    private boolean countsAgain(String name) {
        return criterion.segment() == null && criterion.question() instanceof LabelQuestion
                && name.startsWith(Observation.Labelled.CLASS);
    }

    private Strand segment(String name) {
        Strand known = segments.get(name);
        if (known != null) {
            return known;
        }
        Strand fresh = strand();
        segments.put(name, fresh);
        return fresh;
    }

    @Override
    public void add(EvidenceMinute row) {
        String segment = row.segment();
        count(segment, Question.LOST, row.lost(), row.minute());
        if (support == Support.SCORE) {
            if (row.payload() == null || !(Payload.decode(row.payload()) instanceof Payload.Bins bins)) {
                throw new IllegalArgumentException("a row of scores without scores");
            }
            bins.left().forEach((place, times) -> count(segment, Math.toIntExact(place), times, row.minute()));
        } else {
            count(segment, support.size() - 1, row.good(), row.minute());
            count(segment, 0, row.bad(), row.minute());
            if (support == Support.PAIRED) {
                count(segment, 1, row.even(), row.minute());
            }
        }
    }

    @Override
    public void add(Tracker other) {
        RateTracker same = (RateTracker) other;
        same.segments.forEach((name, segment) -> segment(name).add(segment));
        total.add(same.total);
    }

    @Override
    public void export(long minute, List<EvidenceMinute> rows) {
        segments.forEach((name, segment) -> {
            Tally tally = segment.all();
            if (support == Support.SCORE) {
                SortedMap<Long, Long> bins = new TreeMap<>();
                for (int place = 0; place < support.size(); place++) {
                    if (tally.at(place) != 0) {
                        bins.put((long) place, tally.at(place));
                    }
                }
                rows.add(new EvidenceMinute(minute, criterion.key(), name, 0, 0, 0, tally.lost(),
                        Payload.encode(new Payload.Bins(bins, Collections.emptySortedMap()))));
            } else {
                long even = support == Support.PAIRED ? tally.at(1) : 0;
                rows.add(new EvidenceMinute(minute, criterion.key(), name, tally.at(support.size() - 1), even,
                        tally.at(0), tally.lost(), null));
            }
        });
    }

    /// All segments together.
    Strand total() {
        return total;
    }

    /// By segment, the one without a name under the empty string; read-only.
    Map<String, Strand> segments() {
        return Collections.unmodifiableMap(segments);
    }
}
