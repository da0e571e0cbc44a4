package dev.understudy.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.journal.CaptureSelection.Decision;
import dev.understudy.journal.CaptureSelection.Found;
import dev.understudy.journal.CaptureSelection.Slot;
import dev.understudy.journal.CaptureSlots.Held;
import dev.understudy.journal.JournalLimits.Captures;
import dev.understudy.verdict.Pair;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class CaptureSelectionTest {
    private record Item(int index, double severity, long bytes) {}

    /// The slots as the journal's tables hold them.
    private static final class Shelves {
        private final Map<Slot, Item> held = new HashMap<>();

        private void apply(Decision decision, Item item) {
            if (decision.displaced() != null) {
                held.keySet().removeIf(slot -> slot.pair().equals(decision.displaced()));
            }
            decision.evicted().forEach(held::remove);
            decision.kept().forEach(slot -> held.put(slot, item));
        }

        private List<Item> of(CaptureKind kind) {
            return held.entrySet().stream().filter(entry -> entry.getKey().kind() == kind).map(Map.Entry::getValue)
                    .toList();
        }
    }

    private static Comparison comparison(Item item) {
        return Samples.comparison(Samples.PAIR, "r-" + item.index(), null, Samples.NOON, item.severity());
    }

    @Property(tries = 200)
    void slotsAndBytesStayWithinTheirBounds(@ForAll long seed, @ForAll @IntRange(min = 1, max = 9) int slots) {
        Captures limits = new Captures(slots, slots, 1000, 1, 0, seed);
        CaptureSelection selection = new CaptureSelection(limits);
        Shelves shelves = new Shelves();
        Random random = new Random(seed);
        for (int i = 0; i < 300; i++) {
            Item item = new Item(i, random.nextDouble() * 2, random.nextLong(1, 1100));
            shelves.apply(selection.offer(comparison(item), item.bytes()), item);
            for (CaptureKind kind : CaptureKind.values()) {
                List<Item> held = shelves.of(kind);
                assertTrue(held.size() <= slots);
                assertTrue(held.stream().mapToLong(Item::bytes).sum() <= 1000);
            }
        }
    }

    @Property(tries = 200)
    void worstSlotsHoldTheMostSevereOfAllOffered(@ForAll long seed, @ForAll @IntRange(min = 1, max = 9) int slots) {
        CaptureSelection selection = new CaptureSelection(new Captures(slots, slots, Long.MAX_VALUE, 1, 0, seed));
        Shelves shelves = new Shelves();
        Random random = new Random(seed);
        List<Double> severities = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            Item item = new Item(i, random.nextInt(50) / 10.0, 1);
            severities.add(item.severity());
            shelves.apply(selection.offer(comparison(item), 1), item);
        }
        List<Double> expected = severities.stream().filter(severity -> severity > 0)
                .sorted(Comparator.reverseOrder()).limit(slots).toList();
        assertEquals(expected, shelves.of(CaptureKind.WORST).stream().map(Item::severity)
                .sorted(Comparator.reverseOrder()).toList());
    }

    @Test
    void everyOfferedRequestIsEquallyLikelyInTheSampleAcrossARestart() {
        int offered = 40;
        int slots = 8;
        int trials = 4000;
        int[] chosen = new int[offered];
        for (int trial = 0; trial < trials; trial++) {
            Captures limits = new Captures(slots, slots, Long.MAX_VALUE, 1, 0, trial * 7919L);
            CaptureSelection selection = new CaptureSelection(limits);
            Shelves shelves = new Shelves();
            for (int i = 0; i < offered; i++) {
                if (i == 25) {
                    selection = reopened(limits, shelves, i);
                }
                Item item = new Item(i, 0, 1);
                shelves.apply(selection.offer(comparison(item), 1), item);
            }
            shelves.of(CaptureKind.SAMPLE).forEach(item -> chosen[item.index()]++);
        }
        double expected = (double) trials * slots / offered;
        double chiSquare = 0;
        for (int count : chosen) {
            chiSquare += (count - expected) * (count - expected) / expected;
        }
        // 39 degrees of freedom: beyond 80 with probability 1e-4; the seeds are fixed.
        assertTrue(chiSquare < 80, "chiSquare=" + chiSquare);
    }

    private static CaptureSelection reopened(Captures limits, Shelves shelves, long seen) {
        CaptureSelection selection = new CaptureSelection(limits);
        List<Found> found = new ArrayList<>();
        shelves.held.forEach((slot, item) -> found
                .add(new Found(slot, new Held(item.severity() <= 1, item.severity(), item.bytes()), Samples.NOON)));
        selection.restore(found, Map.of(Samples.PAIR, seen));
        return selection;
    }

    @Test
    void requestWithoutAnyDifferenceIsNeverAmongTheWorst() {
        CaptureSelection selection = new CaptureSelection(new Captures(4, 4, 1000, 1, 0, 1));
        Decision decision = selection.offer(Samples.comparison("r", 0), 10);
        assertEquals(List.of(new Slot(Samples.PAIR, CaptureKind.SAMPLE, 0)), decision.kept());
    }

    @Test
    void requestLargerThanTheBytesIsNotKept() {
        CaptureSelection selection = new CaptureSelection(new Captures(4, 4, 1000, 1, 0, 1));
        assertFalse(selection.offer(Samples.comparison("r", 9), 1001).keeps());
    }

    @Test
    void newPairWaitsUntilAnotherIsIdleAndThenTakesItsPlace() {
        CaptureSelection selection = new CaptureSelection(new Captures(4, 4, 1000, 1, 60_000, 1));
        assertTrue(selection.offer(Samples.comparison("r", 9), 1).keeps());
        Pair other = Samples.OTHER;
        assertEquals(Decision.NONE,
                selection.offer(Samples.comparison(other, "r", null, Samples.NOON + 59_999, 9), 1));
        Decision decision = selection.offer(Samples.comparison(other, "r", null, Samples.NOON + 60_000, 9), 1);
        assertEquals(Samples.PAIR, decision.displaced());
        assertEquals(2, decision.kept().size());
    }

    @Test
    void releasedSlotsAreFreeAgain() {
        CaptureSelection selection = new CaptureSelection(new Captures(1, 1, 1000, 1, 0, 1));
        Decision lost = selection.offer(Samples.comparison("r-1", 9), 1000);
        selection.release(lost);
        Decision next = selection.offer(Samples.comparison("r-2", 2), 1000);
        assertEquals(CaptureKind.WORST, next.kept().getFirst().kind());
    }
}
