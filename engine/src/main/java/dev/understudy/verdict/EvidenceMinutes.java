package dev.understudy.verdict;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// Gathers observations into rows by the minute, for the journal. Not thread-safe; owned by the batch it lives for.
///
/// The rows are what the batch adds: the journal adds each to the row it has of the same minute, criterion and segment, by
/// [EvidenceMinute#plus].
public final class EvidenceMinutes {
    private final Criteria criteria;
    private final SortedMap<Long, Evidence> minutes = new TreeMap<>();

    public EvidenceMinutes(Criteria criteria) {
        this.criteria = criteria;
    }

    public void take(Observation observation) {
        minutes.computeIfAbsent(observation.minute(), fresh -> new Evidence(criteria)).take(observation);
    }

    /// What was gathered, in the fixed order of minute, criterion as declared, and segment.
    public List<EvidenceMinute> rows() {
        List<EvidenceMinute> rows = new ArrayList<>();
        minutes.forEach((minute, evidence) -> rows.addAll(evidence.export(minute)));
        return rows;
    }
}
