package dev.understudy.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.journal.CaptureSelection.Decision;
import dev.understudy.journal.CaptureSelection.Found;
import dev.understudy.journal.CaptureSelection.Slot;
import dev.understudy.journal.CaptureShelf.Held;
import dev.understudy.journal.JournalLimits.Captures;
import dev.understudy.verdict.Pair;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class CaptureSelectionTest {
    private record Item(int index, double severity, long bytes) {}

    private record Shelved(Item item, Held held) {}

    /// The slots as the journal's tables hold them.
    private static final class Shelves {
        private final Map<Slot, Shelved> held = new HashMap<>();

        private void apply(Decision decision, Item item) {
            if (decision.displaced() != null) {
                held.keySet().removeIf(slot -> slot.pair().equals(decision.displaced()));
            }
            decision.evicted().forEach(held::remove);
            decision.kept().forEach(
                    slot -> held.put(slot, new Shelved(item, Objects.requireNonNull(decision.held()))));
        }

        /// The request was lost: its slots are empty, but for those that have been used again.
        private void release(Decision decision, Item item) {
            decision.kept().forEach(
                    slot -> held.remove(slot, new Shelved(item, Objects.requireNonNull(decision.held()))));
        }

        private List<Item> of(CaptureKind kind) {
            return held.entrySet().stream().filter(entry -> entry.getKey().kind() == kind)
                    .map(entry -> entry.getValue().item()).toList();
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
        assertUniform(chosen);
    }

    /// 39 degrees of freedom: beyond 80 with probability 1e-4; the seeds are fixed.
    private static void assertUniform(int[] chosen) {
        double expected = (double) Arrays.stream(chosen).sum() / chosen.length;
        double chiSquare = 0;
        for (int count : chosen) {
            chiSquare += (count - expected) * (count - expected) / expected;
        }
        assertEquals(40, chosen.length);
        assertTrue(chiSquare < 80, "chiSquare=" + chiSquare);
    }

    private static CaptureSelection reopened(Captures limits, Shelves shelves, long seen) {
        CaptureSelection selection = new CaptureSelection(limits);
        List<Found> found = new ArrayList<>();
        shelves.held.forEach((slot, shelved) -> found.add(new Found(slot, shelved.held(), Samples.NOON)));
        selection.restore(found, Map.of(Samples.PAIR, seen));
        return selection;
    }

    @Test
    void everyOfferedRequestIsEquallyLikelyInTheSampleWhereItsBytesAreWhatBinds() {
        int[] chosen = new int[40];
        int trials = 4000;
        int held = 0;
        Random random = new Random(20_261_122);
        for (int trial = 0; trial < trials; trial++) {
            CaptureSelection selection = new CaptureSelection(new Captures(1, 1000, 1000, 1, 0, trial * 7919L));
            Shelves shelves = new Shelves();
            for (int i = 0; i < chosen.length; i++) {
                Item item = new Item(i, 0, random.nextLong(50, 200));
                shelves.apply(selection.offer(comparison(item), item.bytes()), item);
            }
            held += shelves.of(CaptureKind.SAMPLE).size();
            shelves.of(CaptureKind.SAMPLE).forEach(item -> chosen[item.index()]++);
        }
        assertTrue(held > 7 * trials, "the bytes are made use of: 8 to a sample of 125 each, held=" + held);
        assertUniform(chosen);
    }

    /// Whatever the order in which they come, how large they are and whichever bound is reached.
    @Property(tries = 200)
    void theSampleIsTheSmallestDrawsOfAllOfferedAsManyAsFit(@ForAll long seed,
            @ForAll @IntRange(min = 1, max = 20) int slots) {
        Captures limits = new Captures(1, slots, 1000, 1, 0, seed);
        CaptureSelection selection = new CaptureSelection(limits);
        CaptureSelection unbounded = new CaptureSelection(new Captures(1, 1000, Long.MAX_VALUE, 1, 0, seed));
        Shelves shelves = new Shelves();
        Shelves all = new Shelves();
        Random random = new Random(seed);
        for (int i = 0; i < 200; i++) {
            Item item = new Item(i, 0, random.nextLong(1, 400));
            shelves.apply(selection.offer(comparison(item), item.bytes()), item);
            all.apply(unbounded.offer(comparison(item), item.bytes()), item);
        }
        Set<Item> expected = new HashSet<>();
        long bytes = 0;
        for (Shelved next : all.held.values().stream()
                .sorted(Comparator.comparingDouble(shelved -> shelved.held().draw())).toList()) {
            bytes += next.item().bytes();
            if (bytes > 1000 || expected.size() == slots) {
                break;
            }
            expected.add(next.item());
        }
        assertEquals(expected, Set.copyOf(shelves.of(CaptureKind.SAMPLE)));
    }

    @Test
    void moreRoomAfterARestartMakesLaterRequestsNoLikelierThanEarlierOnes() {
        int trials = 200;
        int earlier = 0;
        int later = 0;
        for (int trial = 0; trial < trials; trial++) {
            CaptureSelection selection = new CaptureSelection(
                    new Captures(1, 50, Long.MAX_VALUE, 1, 0, trial * 7919L));
            Shelves shelves = new Shelves();
            for (int i = 0; i < 1000; i++) {
                if (i == 500) {
                    selection = reopened(new Captures(1, 1000, Long.MAX_VALUE, 1, 0, trial * 7919L), shelves, i);
                }
                Item item = new Item(i, 0, 1);
                shelves.apply(selection.offer(comparison(item), 1), item);
            }
            earlier += (int) shelves.of(CaptureKind.SAMPLE).stream().filter(item -> item.index() < 500).count();
            later += (int) shelves.of(CaptureKind.SAMPLE).stream().filter(item -> item.index() >= 500).count();
        }
        assertEquals(50 * trials, earlier, "none is given up");
        // Each of the trials lets in 500 times the 50th smallest of 500 draws: a deviation of 10, of 140 for all of them.
        assertEquals(earlier, later, 560);
    }

    @Test
    void lessRoomAfterARestartKeepsTheSmallestDrawsAndTheWorst() {
        CaptureSelection selection = new CaptureSelection(new Captures(9, 9, 1000, 1, 0, 7));
        Shelves shelves = new Shelves();
        for (int i = 0; i < 9; i++) {
            Item item = new Item(i, 2 + i, i == 8 ? 500 : 10);
            shelves.apply(selection.offer(comparison(item), item.bytes()), item);
        }
        List<Item> smallest = shelves.held.entrySet().stream()
                .filter(entry -> entry.getKey().kind() == CaptureKind.SAMPLE).map(Map.Entry::getValue)
                .filter(shelved -> shelved.item().bytes() <= 100)
                .sorted(Comparator.comparingDouble(shelved -> shelved.held().draw())).limit(3).map(Shelved::item)
                .toList();
        selection = reopened(new Captures(2, 3, 100, 1, 0, 7), shelves, 9);
        Item tooLarge = new Item(9, 0, 101);
        shelves.apply(selection.offer(comparison(tooLarge), 101), tooLarge);
        assertEquals(Set.copyOf(smallest), Set.copyOf(shelves.of(CaptureKind.SAMPLE)));
        assertEquals(Set.of(6, 7), shelves.of(CaptureKind.WORST).stream().map(Item::index).collect(Collectors.toSet()));
    }

    /// The account on disk stays the one in memory, whatever is lost between them and however late that is known.
    @Property(tries = 200)
    void decisionsThatAreLostLeaveNothingBeyondTheBounds(@ForAll long seed) {
        Captures limits = new Captures(3, 3, 1000, 1, 0, seed);
        CaptureSelection selection = new CaptureSelection(limits);
        Shelves shelves = new Shelves();
        Shelves memory = new Shelves();
        Random random = new Random(seed);
        Map<Item, Decision> undecided = new LinkedHashMap<>();
        for (int i = 0; i <= 200; i++) {
            boolean last = i == 200;
            if (last || random.nextInt(3) == 0) {
                undecided.forEach((item, decision) -> {
                    selection.release(decision);
                    memory.release(decision, item);
                });
                undecided.clear();
            }
            Item item = new Item(i, random.nextDouble() * 2, random.nextLong(1, 600));
            Decision decision = selection.offer(comparison(item), item.bytes());
            memory.apply(decision, item);
            if (!last && random.nextInt(4) == 0) {
                undecided.put(item, decision);
            } else {
                shelves.apply(decision, item);
            }
        }
        assertEquals(memory.held, shelves.held);
        for (CaptureKind kind : CaptureKind.values()) {
            List<Item> held = shelves.of(kind);
            assertTrue(held.size() <= 3, kind + " " + held);
            assertTrue(held.stream().mapToLong(Item::bytes).sum() <= 1000, kind + " " + held);
        }
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
        assertEquals(List.of(CaptureKind.WORST, CaptureKind.SAMPLE), next.kept().stream().map(Slot::kind).toList());
    }
}
