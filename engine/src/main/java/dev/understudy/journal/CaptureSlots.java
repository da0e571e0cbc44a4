package dev.understudy.journal;

import dev.understudy.journal.CaptureSelection.Slot;
import dev.understudy.journal.CaptureShelf.Held;
import dev.understudy.journal.CaptureShelf.Place;
import dev.understudy.verdict.Pair;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// The capture slots of one pair. Not thread-safe; owned by [CaptureSelection], under its lock.
///
/// The sample is bottom-k (Cohen and Kaplan 2007): every request draws a number, and those with the smallest draws are
/// kept, as many as both bounds let in. What is kept does not depend on the order in which requests come, so whichever
/// bound is reached, none is likelier for having come late.
final class CaptureSlots {
    /// The odd constant nearest the golden ratio of 2^64: spreads consecutive numbers over all seeds.
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;
    private static final Comparator<Held> LEAST_BAD_FIRST = Comparator.comparing((Held held) -> !held.agrees())
            .thenComparing(Held::severity);
    private static final Comparator<Held> GREATEST_DRAW_FIRST = Comparator.comparing(Held::draw).reversed();

    private final Pair pair;
    private final JournalLimits.Captures limits;
    private final long seed;
    private final CaptureShelf worst;
    private final CaptureShelf sample;
    private long seen;
    /// Only smaller draws come into the sample: the least that has left it.
    private double drawsBelow = 1;
    private long lastMillis = Long.MIN_VALUE;

    CaptureSlots(Pair pair, JournalLimits.Captures limits) {
        this.pair = pair;
        this.limits = limits;
        seed = limits.seed()
                ^ String.join("/", pair.model(), pair.champion(), pair.challenger(), pair.rules()).hashCode();
        worst = new CaptureShelf(CaptureKind.WORST, limits.worstMax(), limits.bytesMax(), LEAST_BAD_FIRST);
        sample = new CaptureShelf(CaptureKind.SAMPLE, limits.sampleMax(), limits.bytesMax(), GREATEST_DRAW_FIRST);
    }

    Pair pair() {
        return pair;
    }

    long lastMillis() {
        return lastMillis;
    }

    void restore(Slot slot, Held held, long timeMillis) {
        lastMillis = Math.max(lastMillis, timeMillis);
        shelf(slot.kind()).put(slot.number(), held);
    }

    /// Goes on after the last [#restore]. Adds to `evicted` what is beyond today's limits.
    ///
    /// When requests were left out before, draws as large as theirs are left out from now on, however much room there is by
    /// now: else later ones would be likelier.
    ///
    /// @param seenBefore comparisons so far
    void resume(long seenBefore, List<Slot> evicted) {
        seen = seenBefore;
        for (CaptureShelf shelf : List.of(worst, sample)) {
            for (Place place : List.copyOf(shelf.firstToGo())) {
                if (place.held().bytes() > limits.bytesMax()) {
                    remove(shelf, place, evicted);
                }
            }
            while (shelf.isOver()) {
                remove(shelf, shelf.firstToGo().iterator().next(), evicted);
            }
        }
        if (sample.size() > 0 && sample.size() < seen) {
            drawsBelow = sample.firstToGo().iterator().next().held().draw();
        }
    }

    boolean isFree(Slot slot) {
        return shelf(slot.kind()).at(slot.number()) == null;
    }

    /// Frees the slot if it still holds this.
    void free(Slot slot, Held held) {
        CaptureShelf shelf = shelf(slot.kind());
        if (held.equals(shelf.at(slot.number()))) {
            shelf.free(slot.number());
        }
    }

    /// Adds to `kept` the slots the request goes to, to `evicted` those that must be emptied for it.
    Held offer(Comparison comparison, long bytes, List<Slot> kept, List<Slot> evicted) {
        lastMillis = Math.max(lastMillis, comparison.timeMillis());
        seen++;
        // A function of seed and count, so that a restart goes on where the last run ended.
        double draw = new SplittableRandom(seed + seen * GOLDEN).nextDouble();
        Held held = new Held(comparison.difference().agrees(), comparison.difference().severity(), draw, bytes);
        if (bytes <= limits.bytesMax()) {
            offerWorst(held, kept, evicted);
            offerSample(held, kept, evicted);
        }
        return held;
    }

    private void offerWorst(Held held, List<Slot> kept, List<Slot> evicted) {
        if (held.agrees() && held.severity() == 0) {
            return;
        }
        List<Place> victims = victimsFor(held);
        if (victims != null) {
            victims.forEach(victim -> remove(worst, victim, evicted));
            kept.add(slot(worst, worst.put(held)));
        }
    }

    /// What must go for `held`, all less bad than it; null when it is not bad enough for the room it needs.
    private @Nullable List<Place> victimsFor(Held held) {
        List<Place> victims = new ArrayList<>();
        long bytes = worst.bytes() + held.bytes();
        Iterator<Place> leastBadFirst = worst.firstToGo().iterator();
        while (worst.isOver(worst.size() + 1 - victims.size(), bytes)) {
            Place candidate = leastBadFirst.next();
            if (LEAST_BAD_FIRST.compare(held, candidate.held()) <= 0) {
                return null;
            }
            victims.add(candidate);
            bytes -= candidate.held().bytes();
        }
        return victims;
    }

    /// The greatest draws go until the rest fits, be it the one just made: whatever is kept has the smallest of all.
    private void offerSample(Held held, List<Slot> kept, List<Slot> evicted) {
        if (held.draw() >= drawsBelow) {
            return;
        }
        Slot own = slot(sample, sample.put(held));
        while (sample.isOver()) {
            Place greatest = sample.firstToGo().iterator().next();
            drawsBelow = greatest.held().draw();
            sample.free(greatest.number());
            Slot left = slot(sample, greatest.number());
            // What came and went at once was never on disk.
            if (!left.equals(own)) {
                evicted.add(left);
            }
        }
        if (!isFree(own)) {
            kept.add(own);
        }
    }

    private void remove(CaptureShelf shelf, Place place, List<Slot> evicted) {
        shelf.free(place.number());
        evicted.add(slot(shelf, place.number()));
    }

    private Slot slot(CaptureShelf shelf, int number) {
        return new Slot(pair, shelf.kind(), number);
    }

    private CaptureShelf shelf(CaptureKind kind) {
        return switch (kind) {
            case WORST -> worst;
            case SAMPLE -> sample;
        };
    }
}
