package dev.understudy.verdict;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/// All evidence of one evaluation under its criteria, small however many requests it stands for. Not thread-safe; owned
/// by the evaluation it belongs to.
///
/// It holds whole numbers only, so it comes out the same, bit for bit, from observations, from the rows of
/// [EvidenceMinutes] and from other evidence, in whatever order these are added.
public final class Evidence {
    private final Criteria criteria;
    private final Map<String, Tracker> trackers = new LinkedHashMap<>();
    private final Tracker[] each;
    private final SortedSet<Long> minutes = new TreeSet<>();
    private long lastMinute = Long.MIN_VALUE;

    /// No evidence yet.
    public Evidence(Criteria criteria) {
        this.criteria = criteria;
        for (Criterion criterion : criteria.criteria()) {
            trackers.put(criterion.key(), Tracker.of(criterion));
        }
        for (Criterion criterion : Criteria.background()) {
            trackers.put(criterion.key(), Tracker.of(criterion));
        }
        each = trackers.values().toArray(new Tracker[0]);
    }

    /// The criteria this is evidence for.
    public Criteria criteria() {
        return criteria;
    }

    /// Takes one observation. Allocates only where a minute or a segment is new.
    public void take(Observation observation) {
        boolean taken = false;
        for (Tracker tracker : each) {
            taken |= tracker.take(observation);
        }
        if (taken && !(observation instanceof Observation.Memory)) {
            seen(observation.minute());
        }
    }

    /// Takes a row of the journal.
    ///
    /// @throws IllegalArgumentException when the row is of no criterion of these, or not in its form
    public void add(EvidenceMinute row) {
        Tracker tracker = trackers.get(row.criterion());
        if (tracker == null) {
            throw new IllegalArgumentException("evidence on '" + row.criterion() + "', which is not a criterion here");
        }
        tracker.add(row);
        if (!(tracker instanceof MemoryTracker)) {
            seen(row.minute());
        }
    }

    /// Takes the evidence of another observer of the same evaluation, which stays as it is.
    ///
    /// @throws IllegalArgumentException when its criteria are others
    public void add(Evidence other) {
        if (!criteria.equals(other.criteria)) {
            throw new IllegalArgumentException("evidence under different criteria does not add");
        }
        trackers.forEach((key, tracker) -> tracker.add(other.tracker(key)));
        minutes.addAll(other.minutes);
    }

    private void seen(long minute) {
        if (minute != lastMinute || minutes.isEmpty()) {
            minutes.add(minute);
            lastMinute = minute;
        }
    }

    /// Everything held here as rows of one minute.
    List<EvidenceMinute> export(long minute) {
        List<EvidenceMinute> rows = new ArrayList<>();
        for (Tracker tracker : each) {
            tracker.export(minute, rows);
        }
        return rows;
    }

    Tracker tracker(String criterion) {
        Tracker tracker = trackers.get(criterion);
        if (tracker == null) {
            throw new IllegalArgumentException("no criterion '" + criterion + "'");
        }
        return tracker;
    }

    /// The minutes that had requests, in order; read-only. Memory is sampled without any.
    SortedSet<Long> minutes() {
        return Collections.unmodifiableSortedSet(minutes);
    }
}
