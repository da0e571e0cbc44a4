package dev.understudy.shadow;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class StarvationTest {
    private static final long SPAN = Starvation.SPAN_NANOS;

    private final Starvation starvation = new Starvation();

    @Test
    void aRunThatGetsNoProcessorStarves() {
        assertFalse(starvation.starves(1, 0, 500));
        assertFalse(starvation.starves(1, SPAN - 1, 500), "not yet");
        assertTrue(starvation.starves(1, SPAN, 500));
    }

    @Test
    void aRunThatGetsAShareDoesNotHoweverLongItLasts() {
        for (long i = 0; i < 100; i++) {
            assertFalse(starvation.starves(1, i * SPAN, i * SPAN / 5));
        }
    }

    @Test
    void aRunThatGotOneAndGetsNoneAnyMoreStarves() {
        assertFalse(starvation.starves(1, 0, 0));
        assertFalse(starvation.starves(1, SPAN, SPAN));
        assertTrue(starvation.starves(1, 2 * SPAN, SPAN));
    }

    @Test
    void manyShortRunsAreNotOneThatStarves() {
        for (long i = 0; i < 100; i++) {
            assertFalse(starvation.starves(i, i * SPAN, 0), "another run each time");
        }
    }
}
