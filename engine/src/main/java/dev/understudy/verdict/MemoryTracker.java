package dev.understudy.verdict;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// Evidence on [Criterion.MemoryGrowth] and [Criterion.MemoryCap]: least and largest sample of every ten minutes, by
/// reporting process.
final class MemoryTracker implements Tracker {
    static final int INTERVAL_MINUTES = 10;

    private final String key;
    private final SortedMap<String, SortedMap<Long, Payload.Range>> processes = new TreeMap<>();

    MemoryTracker(String key) {
        this.key = key;
    }

    @Override
    public boolean take(Observation observation) {
        if (!(observation instanceof Observation.Memory memory)) {
            return false;
        }
        String process = memory.segment() == null ? "" : memory.segment();
        widen(process, memory.minute(), new Payload.Range(memory.bytes(), memory.bytes()));
        return true;
    }

    private void widen(String process, long minute, Payload.Range range) {
        processes.computeIfAbsent(process, fresh -> new TreeMap<>()).merge(
                Math.floorDiv(minute, INTERVAL_MINUTES) * INTERVAL_MINUTES, range,
                (one, other) -> new Payload.Range(Math.min(one.least(), other.least()),
                        Math.max(one.largest(), other.largest())));
    }

    @Override
    public void add(EvidenceMinute row) {
        if (row.payload() == null || !(Payload.decode(row.payload()) instanceof Payload.Range range)) {
            throw new IllegalArgumentException("a row of memory without samples");
        }
        widen(row.segment(), row.minute(), range);
    }

    @Override
    public void add(Tracker other) {
        ((MemoryTracker) other).processes.forEach((process, intervals) -> intervals
                .forEach((minute, range) -> widen(process, minute, range)));
    }

    @Override
    public void export(long minute, List<EvidenceMinute> rows) {
        processes.forEach((process, intervals) -> intervals.values().stream()
                .reduce((one, other) -> new Payload.Range(Math.min(one.least(), other.least()),
                        Math.max(one.largest(), other.largest())))
                .ifPresent(range -> rows.add(
                        new EvidenceMinute(minute, key, process, 0, 0, 0, 0, Payload.encode(range)))));
    }

    /// The first minutes of all intervals that had a sample, in order.
    SortedSet<Long> minutes() {
        SortedSet<Long> minutes = new TreeSet<>();
        processes.values().forEach(intervals -> minutes.addAll(intervals.keySet()));
        return minutes;
    }

    /// By process, then by the first minute of each interval of ten; read-only.
    Map<String, SortedMap<Long, Payload.Range>> processes() {
        return Collections.unmodifiableMap(processes);
    }
}
