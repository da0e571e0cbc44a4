package dev.understudy.journal;

import dev.understudy.journal.CaptureShelf.Held;
import dev.understudy.verdict.Pair;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
    /// @param evicted   slots to empty first
    /// @param kept      slots the request goes to then, none, one or two
    /// @param held      what they hold of it, null where it is not kept
    /// @param displaced a pair all of whose captures are dropped, or null
    record Decision(List<Slot> evicted, List<Slot> kept, @Nullable Held held, @Nullable Pair displaced) {
        static final Decision NONE = new Decision(List.of(), List.of(), null, null);

        boolean keeps() {
            return !kept.isEmpty();
        }
    }

    /// A captured request found when the journal was opened.
    record Found(Slot slot, Held held, long timeMillis) {}

    private final JournalLimits.Captures limits;
    private final Map<Pair, CaptureSlots> pairs = new HashMap<>();
    /// Slots that hold something on disk which nothing here knows of: beyond today's limits, or of a decision that was lost.
    private final Set<Slot> stale = new LinkedHashSet<>();

    CaptureSelection(JournalLimits.Captures limits) {
        this.limits = limits;
    }

    /// Takes up what an earlier run kept, as far as today's limits let. The rest is evicted with the next decision.
    ///
    /// @param seen comparisons of each pair so far, which keeps the sample uniform across restarts
    synchronized void restore(List<Found> captures, Map<Pair, Long> seen) {
        for (Found found : captures) {
            Pair pair = found.slot().pair();
            CaptureSlots slots = pairs.computeIfAbsent(pair, key -> new CaptureSlots(key, limits));
            slots.restore(found.slot(), found.held(), found.timeMillis());
        }
        List<Slot> beyond = new ArrayList<>();
        pairs.forEach((pair, slots) -> slots.resume(seen.getOrDefault(pair, 0L), beyond));
        stale.addAll(beyond);
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
        stale.stream().filter(this::isFree).forEach(evicted::add);
        stale.clear();
        Held held = slots.offer(comparison, bytes, kept, evicted);
        if (kept.isEmpty() && evicted.isEmpty() && displaced == null) {
            return Decision.NONE;
        }
        return new Decision(List.copyOf(evicted), List.copyOf(kept), kept.isEmpty() ? null : held, displaced);
    }

    /// What was used again meanwhile has been written over, or will be.
    private boolean isFree(Slot slot) {
        CaptureSlots slots = pairs.get(slot.pair());
        return slots == null || slots.isFree(slot);
    }

    /// Frees the slots of a request that was lost on its way to the disk. What they hold there, and those that were to be
    /// emptied for it, goes with the next decision.
    synchronized void release(Decision decision) {
        for (Slot slot : decision.kept()) {
            CaptureSlots slots = pairs.get(slot.pair());
            if (slots != null && decision.held() != null) {
                slots.free(slot, decision.held());
            }
        }
        stale.addAll(decision.kept());
        stale.addAll(decision.evicted());
    }

    private @Nullable Pair idlePair(long nowMillis) {
        CaptureSlots oldest = pairs.values().stream().min(Comparator.comparingLong(CaptureSlots::lastMillis))
                .orElseThrow();
        return nowMillis - oldest.lastMillis() >= limits.pairIdleMillis() ? oldest.pair() : null;
    }
}
