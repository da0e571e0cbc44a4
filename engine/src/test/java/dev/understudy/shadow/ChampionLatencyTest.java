package dev.understudy.shadow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.shadow.LaneWindows.Window;
import java.util.Random;
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
        record(Window.OFF, 1_000, 3_000_000);
        latency.closeCycle();
        assertEquals(1, latency.ratio().p50(), RESOLUTION);
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
