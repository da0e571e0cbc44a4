package dev.understudy.journal;

import dev.understudy.verdict.Pair;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Decides which compared requests are kept with their tensors. Thread-safe: one lock, held for a few comparisons of
/// numbers and never over I/O.
///
/// Every pair has fixed slots of two kinds, each with a bound in bytes: the most different requests, and a uniform
/// sample. The two are chosen independently, so the sample stays uniform; one request may be in both. Pairs have a
/// bounded number of places; a new pair takes the place of one that has been idle.
final class CaptureSelection {
    /// One place for a captured request.
    record Slot(Pair pair, CaptureKind kind, int number) {}

    /// What becomes of one request, and of those kept before.
    ///
    /// @param kept      slots the request goes to, none, one or two; what they held before is dropped
    /// @param evicted   other slots to empty, to stay within the bytes
    /// @param displaced a pair all of whose captures are dropped, or null
    record Decision(List<Slot> kept, List<Slot> evicted, @Nullable Pair displaced) {
        static final Decision NONE = new Decision(List.of(), List.of(), null);

        boolean keeps() {
            return !kept.isEmpty();
        }
    }

    /// A captured request found when the journal was opened.
    record Found(Slot slot, CaptureSlots.Held held, long timeMillis) {}

    private final JournalLimits.Captures limits;
    private final Map<Pair, CaptureSlots> pairs = new HashMap<>();

    CaptureSelection(JournalLimits.Captures limits) {
        this.limits = limits;
    }

    /// Takes up what an earlier run kept. Slots beyond today's limits are ignored; they are overwritten or trimmed.
    ///
    /// @param seen comparisons of each pair so far, which keeps the sample uniform across restarts
    synchronized void restore(List<Found> captures, Map<Pair, Long> seen) {
        for (Found found : captures) {
            Pair pair = found.slot().pair();
            CaptureSlots slots = pairs.computeIfAbsent(pair, key -> new CaptureSlots(key, limits));
            slots.restore(found.slot(), found.held(), found.timeMillis(), seen.getOrDefault(pair, 0L));
        }
    }

    /// Decides on a request whose tensors hold `bytes`.
    synchronized Decision offer(Comparison comparison, long bytes) {
        Pair pair = comparison.pair();
        CaptureSlots slots = pairs.get(pair);
        Pair displaced = null;
        if (slots == null) {
            if (pairs.size() >= limits.pairsMax()) {
                displaced = idlePair(comparison.timeMillis());
                if (displaced == null) {
                    return Decision.NONE;
                }
                pairs.remove(displaced);
            }
            slots = new CaptureSlots(pair, limits);
            pairs.put(pair, slots);
        }
        List<Slot> kept = new ArrayList<>(2);
        List<Slot> evicted = new ArrayList<>();
        slots.offer(comparison, bytes, kept, evicted);
        if (kept.isEmpty() && displaced == null) {
            return Decision.NONE;
        }
        return new Decision(List.copyOf(kept), List.copyOf(evicted), displaced);
    }

    /// Frees the slots of a request that was lost on its way to the disk.
    synchronized void release(Decision decision) {
        for (Slot slot : decision.kept()) {
            CaptureSlots slots = pairs.get(slot.pair());
            if (slots != null) {
                slots.free(slot);
            }
        }
    }

    private @Nullable Pair idlePair(long nowMillis) {
        CaptureSlots oldest = pairs.values().stream().min(Comparator.comparingLong(CaptureSlots::lastMillis))
                .orElseThrow();
        return nowMillis - oldest.lastMillis() >= limits.pairIdleMillis() ? oldest.pair() : null;
    }
}
