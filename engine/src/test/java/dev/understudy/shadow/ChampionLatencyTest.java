package dev.understudy.shadow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.shadow.LaneWindows.Window;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class ChampionLatencyTest {
    private static final double RESOLUTION = 0.03;

    private final ChampionLatency latency = new ChampionLatency();

    private void record(Window window, int answers, long nanos) {
        for (int i = 0; i < answers; i++) {
            latency.record(window, nanos);
        }
    }

    @Test
    void theRatioIsThatOfTheSamePlacesOfBothDistributions() {
        record(Window.OFF, 980, 1_000_000);
        record(Window.OFF, 20, 5_000_000);
        record(Window.ON, 900, 1_100_000);
        record(Window.ON, 100, 10_000_000);
        record(Window.SETTLING, 10_000, 1);
        assertFalse(latency.ratio().isKnown(), "the cycle is not over");
        latency.closeCycle();
        assertEquals(1.1, latency.ratio().p50(), RESOLUTION);
        assertEquals(10, latency.ratio().p95(), 10 * RESOLUTION);
        assertEquals(2, latency.ratio().p99(), 2 * RESOLUTION);
    }

    @Test
    void tooFewAnswersOfEitherKindSayNothing() {
        record(Window.OFF, ChampionLatency.ANSWERS_MIN - 1, 1_000);
        record(Window.ON, 10_000, 1_000);
        latency.closeCycle();
        assertFalse(latency.ratio().isKnown());
        record(Window.OFF, 1, 1_000);
        latency.closeCycle();
        assertFalse(latency.ratio().isKnown(), "there is nothing in that cycle to hold it against");
        record(Window.OFF, 1, 1_000);
        record(Window.ON, 1, 1_000);
        latency.closeCycle();
        assertTrue(latency.ratio().isKnown());
    }

    @Test
    void whatIsOldIsForgotten() {
        record(Window.OFF, 1_000, 1_000_000);
        record(Window.ON, 1_000, 9_000_000);
        latency.closeCycle();
        for (int i = 0; i < ChampionLatency.CYCLES; i++) {
            record(Window.OFF, 100, 2_000_000);
            record(Window.ON, 100, 2_000_000);
            latency.closeCycle();
        }
        assertEquals(1, latency.ratio().p99(), RESOLUTION);
    }

    @Test
    void aLaneThatWorksDifferentlyIsJudgedAnew() {
        record(Window.OFF, 1_000, 1_000_000);
        record(Window.ON, 1_000, 9_000_000);
        latency.closeCycle();
        latency.forget();
        assertFalse(latency.ratio().isKnown());
        record(Window.ON, 1_000, 3_000_000);
        latency.closeCycle();
        assertFalse(latency.ratio().isKnown(), "the rests before tell of another load, perhaps");
        record(Window.ON, 1_000, 3_000_000);
        record(Window.OFF, 1_000, 3_000_000);
        latency.closeCycle();
        assertEquals(1, latency.ratio().p50(), RESOLUTION);
    }

    @Test
    void loadThatChangesFromCycleToCycleIsNotTakenForTheLanesDoing() {
        record(Window.ON, 50_000, 9_000_000);
        record(Window.OFF, 100, 9_000_000);
        latency.closeCycle();
        record(Window.ON, 500, 1_000_000);
        record(Window.OFF, 400, 1_000_000);
        latency.closeCycle();
        record(Window.ON, 5_000, 20_000_000);
        latency.closeCycle();
        record(Window.OFF, 5_000, 20_000_000);
        latency.closeCycle();
        assertEquals(1, latency.ratio().p50(), RESOLUTION);
        assertEquals(1, latency.ratio().p95(), RESOLUTION);
    }

    /// Whatever the load of each cycle, a lane that makes each answer so much slower is found to make it so much slower.
    @Property(tries = 200)
    void theLanesDoingIsSeenThroughAnyLoad(
            @ForAll @Size(min = 1, max = 30) List<@IntRange(min = 1, max = 60) Integer> loads,
            @ForAll @IntRange(min = 1, max = 5) int slower, @ForAll Random random) {
        ChampionLatency champion = new ChampionLatency();
        for (int load : loads) {
            long nanos = load * 1_000_000L;
            int rests = 100 + random.nextInt(50);
            int runs = 1_000 + random.nextInt(1_000);
            for (int i = 0; i < rests; i++) {
                champion.record(Window.OFF, nanos);
            }
            for (int i = 0; i < runs; i++) {
                champion.record(Window.ON, nanos * slower);
            }
            champion.closeCycle();
        }
        assertEquals(slower, champion.ratio().p50(), slower * RESOLUTION);
        assertEquals(slower, champion.ratio().p95(), slower * RESOLUTION);
    }

    /// How often the lane is blamed, of 300 champions whose latency scatters as on a busy machine.
    private static int blamed(int answers, double slower) {
        int blamed = 0;
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            ChampionLatency champion = new ChampionLatency();
            for (int i = 0; i < answers; i++) {
                champion.record(Window.OFF, (long) (1_000_000 * Math.exp(random.nextGaussian())));
                champion.record(Window.ON, (long) (slower * 1_000_000 * Math.exp(random.nextGaussian())));
            }
            champion.closeCycle();
            blamed += BackOff.hurts(champion.ratio()) ? 1 : 0;
        }
        return blamed;
    }

    @Test
    void theLaneIsBlamedForWhatItDoesAndNotForChance() {
        assertTrue(blamed(ChampionLatency.ANSWERS_MIN, 1) <= 1);
        assertTrue(blamed(1_000, 1) <= 1);
        assertTrue(blamed(1_000, 2) >= 299);
    }
}
