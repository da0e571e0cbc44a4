package dev.understudy.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class StopSignalsTest {
    private static final int INT = 2;
    private static final int TERM = 15;

    @Test
    void theFirstSignalAsksAndTheSecondEndsAtOnce() throws Exception {
        List<Integer> halts = new ArrayList<>();
        StopSignals signals = new StopSignals(halts::add);
        assertFalse(signals.asked());
        assertFalse(signals.await(0));
        signals.receive(TERM);
        assertTrue(signals.asked());
        assertTrue(signals.await(0));
        assertEquals(143, signals.exitCode());
        assertEquals(List.of(), halts);
        signals.receive(INT);
        assertEquals(List.of(130), halts);
    }
}
