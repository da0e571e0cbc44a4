package dev.understudy.shadow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.shadow.LatencyRatio.Surely;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class BackOffTest {
    private static final long MILLI = 1_000_000;

    private static LatencyRatio surely(double p50, long p50ExcessNanos, double p95, long p95ExcessNanos) {
        return new LatencyRatio(9, 9, 9, new Surely(p50, p50ExcessNanos), new Surely(p95, p95ExcessNanos));
    }

    @Test
    void aChampionThatIsSurelySlowerAtEitherPlaceIsHurt() {
        assertFalse(BackOff.hurts(surely(1.05, MILLI, 1.2, MILLI)));
        assertTrue(BackOff.hurts(surely(1.2, MILLI, 1.2, 0)));
        assertTrue(BackOff.hurts(surely(1, 0, 1.4, MILLI)));
        assertFalse(BackOff.hurts(LatencyRatio.UNKNOWN));
        assertFalse(BackOff.hurts(surely(3, 40_000, 3, 40_000)), "no client can tell");
    }

    @Test
    void itStepsBackFastAndComesForwardSlowly() {
        BackOff hurt = BackOff.START.after(true);
        assertEquals(0.5, hurt.duty());
        assertEquals(0.55, hurt.after(false).duty(), 1e-12);
        BackOff back = hurt;
        for (int i = 0; i < 10; i++) {
            back = back.after(false);
        }
        assertEquals(1, back.duty(), 1e-12);
    }

    @Property
    void theDutyStaysWithinItsBounds(@ForAll List<Boolean> cycles) {
        BackOff backOff = BackOff.START;
        for (boolean hurts : cycles) {
            backOff = backOff.after(hurts);
            assertTrue(backOff.duty() >= BackOff.DUTY_MIN && backOff.duty() <= 1, backOff::toString);
        }
    }

    /// A champion that is hurt above some duty: the lane comes to stay near it, from wherever it starts.
    @Property
    void itSettlesNearTheDutyThatDoesNotHurt(@ForAll List<Boolean> before) {
        BackOff backOff = BackOff.START;
        for (boolean hurts : before) {
            backOff = backOff.after(hurts);
        }
        double bearable = 0.4;
        double sum = 0;
        for (int i = 0; i < 200; i++) {
            backOff = backOff.after(backOff.duty() > bearable);
            sum += i >= 100 ? backOff.duty() : 0;
        }
        assertEquals(0.33, sum / 100, 0.08);
    }
}
