package dev.understudy.shadow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class FairTurnsTest {
    /// Three who always want to run, whatever their runs cost, have had the same but for one run.
    @Property
    void whoeverAlwaysWaitsGetsTheSameShare(
            @ForAll @Size(min = 3, max = 3) List<@IntRange(min = 1, max = 1_000) Integer> costs) {
        FairTurns<Integer> turns = new FairTurns<>();
        List<Integer> all = List.of(0, 1, 2);
        long[] had = new long[3];
        for (int i = 0; i < 300; i++) {
            int next = turns.next(all);
            had[next] += costs.get(next);
            turns.charge(next, costs.get(next));
            for (int a : all) {
                for (int b : all) {
                    assertTrue(had[a] - had[b] <= 1_000, () -> had[0] + " " + had[1] + " " + had[2]);
                }
            }
        }
    }

    /// However long one was away, it waits at most for one run of each other, and then takes its turns and no more.
    @Test
    void whoeverComesBackNeitherCatchesUpNorWaits() {
        FairTurns<String> turns = new FairTurns<>();
        for (int i = 0; i < 1_000; i++) {
            turns.charge("busy", 10);
        }
        List<String> order = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            String next = turns.next(List.of("busy", "back"));
            order.add(next);
            turns.charge(next, 10);
        }
        assertEquals("back", order.getFirst());
        assertEquals(5, order.stream().filter("back"::equals).count(), order::toString);
    }

    @Test
    void aBurstOfOneLeavesTheOtherItsTurns() {
        FairTurns<String> turns = new FairTurns<>();
        int modest = 0;
        for (int i = 0; i < 100; i++) {
            boolean modestWaits = i % 4 == 3;
            String next = turns.next(modestWaits ? List.of("burst", "modest") : List.of("burst"));
            modest += next.equals("modest") ? 1 : 0;
            turns.charge(next, next.equals("burst") ? 50 : 5);
        }
        assertEquals(25, modest, "it asked for less than its share and got all of it");
    }

    @Test
    void whoeverLeavesIsForgotten() {
        FairTurns<String> turns = new FairTurns<>();
        turns.charge("a", 100);
        turns.charge("b", 1);
        turns.leave("a");
        assertEquals("a", turns.next(List.of("a", "b")), "as new");
    }
}
