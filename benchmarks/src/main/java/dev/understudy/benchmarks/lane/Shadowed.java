package dev.understudy.benchmarks.lane;

import java.util.Map;
import java.util.TreeMap;

/// What became of one challenger's mirrored requests, so far or within a span. Immutable.
///
/// @param served   answers of the champion while it was shadowed
/// @param compared requests that the challenger answered too; compared, where the side compares
/// @param lost     not sampled, dropped or failed, by reason, without reasons that did not occur
/// @param inFlight waiting, running or being compared
record Shadowed(long served, long compared, Map<String, Long> lost, long inFlight) {
    static final Shadowed NONE = new Shadowed(0, 0, Map.of(), 0);

    Shadowed {
        lost = Map.copyOf(lost);
    }

    /// An account by a ledger's words.
    ///
    /// @param sampled of those served, how many were chosen to be mirrored
    static Shadowed of(long served, long sampled, long compared, Map<String, Long> reasons, long inFlight) {
        Map<String, Long> lost = new TreeMap<>(reasons);
        lost.put("not sampled", served - sampled);
        lost.values().removeIf(count -> count == 0);
        return new Shadowed(served, compared, lost, inFlight);
    }

    /// What was added since `earlier`.
    Shadowed since(Shadowed earlier) {
        Map<String, Long> added = new TreeMap<>();
        lost.forEach((reason, count) -> {
            long more = count - earlier.lost.getOrDefault(reason, 0L);
            if (more != 0) {
                added.put(reason, more);
            }
        });
        return new Shadowed(served - earlier.served, compared - earlier.compared, added, inFlight);
    }

    Shadowed plus(Shadowed other) {
        Map<String, Long> sum = new TreeMap<>(lost);
        other.lost.forEach((reason, count) -> sum.merge(reason, count, Long::sum));
        return new Shadowed(served + other.served, compared + other.compared, sum, inFlight + other.inFlight);
    }
}
