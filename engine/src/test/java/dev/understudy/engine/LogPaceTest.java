package dev.understudy.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class LogPaceTest {
    private static final long SECOND_NANOS = 1_000_000_000;

    @Test
    void oneLineASecondPassesAndTellsHowManyDidNot() {
        // Clocks of this kind begin anywhere and may pass through the largest number.
        for (long start : new long[]{0, -5, Long.MAX_VALUE - 10}) {
            LogPace pace = new LogPace(start);
            assertEquals(OptionalLong.of(0), pace.admit(start));
            assertEquals(OptionalLong.empty(), pace.admit(start));
            assertEquals(OptionalLong.empty(), pace.admit(start + SECOND_NANOS - 1));
            assertEquals(OptionalLong.of(2), pace.admit(start + SECOND_NANOS));
            assertEquals(OptionalLong.of(0), pace.admit(start + 5 * SECOND_NANOS));
        }
    }
}
