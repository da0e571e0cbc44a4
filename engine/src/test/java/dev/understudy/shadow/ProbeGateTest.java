package dev.understudy.shadow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.runtime.Activity;
import org.junit.jupiter.api.Test;

class ProbeGateTest {
    private static final long MILLI = 1_000_000;

    private final Activity champion = new Activity();
    private final ProbeGate gate = new ProbeGate(champion, 0);

    @Test
    void noProbeIsLetInWhileAChampionHasARequestInHand() {
        champion.began();
        assertEquals(Hold.GAP, gate.enter(0));
        champion.ended(1);
        assertNull(gate.enter(0));
    }

    @Test
    void aProbeCountsAsInHandSoThatChallengersMakeWay() {
        assertNull(gate.enter(0));
        assertFalse(champion.idle());
        gate.leave(MILLI, MILLI);
        assertTrue(champion.idle());
    }

    @Test
    void probesOfAllModelsComeOneAtATime() {
        assertNull(gate.enter(0));
        assertEquals(Hold.TURN, gate.enter(0));
    }

    @Test
    void probesTakeNoMoreThanTheirShareOfTheTime() {
        long nowNanos = 0;
        long probedNanos = 0;
        long endNanos = 100_000 * MILLI;
        while (nowNanos < endNanos) {
            if (gate.enter(nowNanos) == null) {
                nowNanos += 3 * MILLI;
                probedNanos += 3 * MILLI;
                gate.leave(3 * MILLI, nowNanos);
            }
            nowNanos += MILLI;
        }
        assertTrue(probedNanos <= ProbeGate.TIME_SHARE * endNanos + 3 * MILLI, () -> "too many");
        assertTrue(probedNanos >= ProbeGate.TIME_SHARE * endNanos - 3 * MILLI, () -> "too few");
    }
}
