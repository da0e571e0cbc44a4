package dev.understudy.benchmarks.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.benchmarks.gpu.Growth.Sample;
import java.util.List;
import java.util.function.DoubleToLongFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// What of a soak's memory counts as growth.
class GrowthTest {
    private static final long MIB = 1 << 20;

    @Test
    void whatGrowsOnAndOnIsNotBorne() {
        assertFalse(soak(600, seconds -> (long) (seconds * MIB)).borne(), "60 MiB a minute");
        assertTrue(soak(600, seconds -> (long) (seconds * MIB / 60)).borne(), "1 MiB a minute");
        assertEquals(60 * MIB, soak(600, seconds -> (long) (seconds * MIB)).rate(), 1.0);
    }

    @Test
    void whatIsTakenInTheFirstMinuteIsNoGrowth() {
        Growth growth = soak(600, seconds -> seconds < 60 ? 0 : 1000 * MIB);
        assertEquals(0, growth.bytes());
        assertEquals(9, growth.minutes(), 1e-9);
    }

    @Test
    void ofAShortSoakTheFirstQuarterIsNoGrowthAndTheRestIsFiveMinutes() {
        assertEquals(0, soak(40, seconds -> seconds < 10 ? 0 : 1000 * MIB).bytes());
        assertEquals(9 * MIB, soak(40, seconds -> seconds < 20 ? 0 : 45 * MIB).rate());
        assertFalse(soak(40, seconds -> seconds < 20 ? 0 : 45 * MIB).borne());
    }

    @Test
    void whatShrinksIsBorneAndSoIsASingleSample() {
        assertTrue(soak(600, seconds -> -(long) (seconds * MIB)).borne());
        assertEquals(0, Growth.of(List.of(new Sample(3, 5 * MIB)), 8 * MIB).rate());
    }

    private static Growth soak(int seconds, DoubleToLongFunction bytes) {
        return Growth.of(IntStream.rangeClosed(0, seconds).mapToObj(at -> new Sample(at, bytes.applyAsLong(at)))
                .toList(), 8 * MIB);
    }
}
