package dev.understudy.journal;

import dev.understudy.journal.CaptureSelection.Slot;
import dev.understudy.verdict.Pair;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// The capture slots of one pair. Not thread-safe; owned by [CaptureSelection], under its lock.
final class CaptureSlots {
    /// The odd constant nearest the golden ratio of 2^64: spreads consecutive numbers over all seeds.
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;
    private static final Comparator<Held> LEAST_BAD_FIRST = Comparator.comparing((Held held) -> !held.agrees())
            .thenComparing(Held::severity);

    /// What a slot holds, as far as it matters for the choice.
    record Held(boolean agrees, double severity, long bytes) {}

    /// The slots of one kind and the bytes in them.
    private static final class Shelf {
        private final CaptureKind kind;
        private final @Nullable Held[] slots;
        private int used;
        private long bytes;

        private Shelf(CaptureKind kind, int count) {
            this.kind = kind;
            slots = new Held[count];
        }

        private void put(int number, Held held) {
            free(number);
            slots[number] = held;
            used++;
            bytes += held.bytes();
        }

        private void free(int number) {
            Held old = slots[number];
            if (old != null) {
                slots[number] = null;
                used--;
                bytes -= old.bytes();
            }
        }

        private int firstFree() {
            int number = 0;
            while (slots[number] != null) {
                number++;
            }
            return number;
        }
    }

    private final Pair pair;
    private final JournalLimits.Captures limits;
    private final long seed;
    private final Shelf worst;
    private final Shelf sample;
    private long seen;
    private long lastMillis = Long.MIN_VALUE;

    CaptureSlots(Pair pair, JournalLimits.Captures limits) {
        this.pair = pair;
        this.limits = limits;
        seed = limits.seed()
                ^ String.join("/", pair.model(), pair.champion(), pair.challenger(), pair.rules()).hashCode();
        worst = new Shelf(CaptureKind.WORST, limits.worstMax());
        sample = new Shelf(CaptureKind.SAMPLE, limits.sampleMax());
    }

    Pair pair() {
        return pair;
    }

    long lastMillis() {
        return lastMillis;
    }

    void restore(Slot slot, Held held, long timeMillis, long seenBefore) {
        lastMillis = Math.max(lastMillis, timeMillis);
        seen = Math.max(seen, seenBefore);
        Shelf shelf = shelf(slot.kind());
        if (slot.number() < shelf.slots.length) {
            shelf.put(slot.number(), held);
        }
    }

    void free(Slot slot) {
        shelf(slot.kind()).free(slot.number());
    }

    /// Adds to `kept` the slots the request goes to, to `evicted` those that must be emptied for it.
    void offer(Comparison comparison, long bytes, List<Slot> kept, List<Slot> evicted) {
        lastMillis = Math.max(lastMillis, comparison.timeMillis());
        seen++;
        if (bytes > limits.bytesMax()) {
            return;
        }
        Held held = new Held(comparison.difference().agrees(), comparison.difference().severity(), bytes);
        offerWorst(held, kept, evicted);
        offerSample(held, kept, evicted);
    }

    private void offerWorst(Held held, List<Slot> kept, List<Slot> evicted) {
        if (held.agrees() && held.severity() == 0) {
            return;
        }
        List<Integer> victims = victimsFor(held);
        if (victims == null) {
            return;
        }
        for (int victim : victims) {
            worst.free(victim);
        }
        int number = worst.firstFree();
        worst.put(number, held);
        place(worst, number, victims, kept, evicted);
    }

    /// The slots to empty for `held`, all less bad than it; null when it is not bad enough for the room it needs.
    private @Nullable List<Integer> victimsFor(Held held) {
        List<Integer> byBadness = new ArrayList<>();
        for (int number = 0; number < worst.slots.length; number++) {
            if (worst.slots[number] != null) {
                byBadness.add(number);
            }
        }
        byBadness.sort(Comparator.comparing(number -> worst.slots[number], Comparator.nullsLast(LEAST_BAD_FIRST)));
        List<Integer> victims = new ArrayList<>();
        long bytes = worst.bytes + held.bytes();
        while (worst.used - victims.size() >= limits.worstMax() || bytes > limits.bytesMax()) {
            int number = byBadness.get(victims.size());
            Held candidate = worst.slots[number];
            if (candidate == null || LEAST_BAD_FIRST.compare(held, candidate) <= 0) {
                return null;
            }
            victims.add(number);
            bytes -= candidate.bytes();
        }
        return victims;
    }

    /// Algorithm R, with a random number that is a function of seed and count, so that a restart goes on where the
    /// last run ended. Where bytes run out before slots, the following slots make room and the sample gets smaller.
    private void offerSample(Held held, List<Slot> kept, List<Slot> evicted) {
        long place = seen <= limits.sampleMax() ? seen - 1 : new SplittableRandom(seed + seen * GOLDEN).nextLong(seen);
        if (place >= limits.sampleMax()) {
            return;
        }
        int number = (int) place;
        sample.free(number);
        List<Integer> victims = new ArrayList<>();
        for (int step = 1; sample.bytes + held.bytes() > limits.bytesMax(); step++) {
            int victim = (number + step) % limits.sampleMax();
            if (sample.slots[victim] != null) {
                sample.free(victim);
                victims.add(victim);
            }
        }
        sample.put(number, held);
        place(sample, number, victims, kept, evicted);
    }

    private void place(Shelf shelf, int number, List<Integer> victims, List<Slot> kept, List<Slot> evicted) {
        kept.add(new Slot(pair, shelf.kind, number));
        for (int victim : victims) {
            if (victim != number) {
                evicted.add(new Slot(pair, shelf.kind, victim));
            }
        }
    }

    private Shelf shelf(CaptureKind kind) {
        return switch (kind) {
            case WORST -> worst;
            case SAMPLE -> sample;
        };
    }
}
