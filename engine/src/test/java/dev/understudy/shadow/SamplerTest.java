package dev.understudy.shadow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.infer.RequestIds;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class SamplerTest {
    @Property(tries = 50)
    void theShareChosenIsTheRate(@ForAll @DoubleRange(min = 0, max = 1) double rate) {
        Sampler sampler = new Sampler(rate);
        int chosen = 0;
        int of = 20_000;
        for (int i = 0; i < of; i++) {
            chosen += sampler.chooses(Sampler.draw("5f3a9c01d2e4b687-" + Integer.toHexString(i)), 0) ? 1 : 0;
        }
        // Five standard errors of a binomial share, at its widest.
        assertEquals(rate, (double) chosen / of, 5 * 0.5 / Math.sqrt(of));
    }

    @Test
    void zeroChoosesNoneAndOneChoosesAll() {
        RequestIds ids = new RequestIds();
        for (int i = 0; i < 1_000; i++) {
            String id = ids.next();
            assertFalse(new Sampler(0).chooses(Sampler.draw(id), 0));
            assertTrue(new Sampler(1).chooses(Sampler.draw(id), 0));
        }
    }

    @Property
    void aHigherRateChoosesAllThatALowerOneDoes(@ForAll String id, @ForAll @DoubleRange(min = 0, max = 1) double a,
            @ForAll @DoubleRange(min = 0, max = 1) double b) {
        boolean low = new Sampler(Math.min(a, b)).chooses(Sampler.draw(id), 0);
        assertTrue(!low || new Sampler(Math.max(a, b)).chooses(Sampler.draw(id), 0));
    }

    @Property
    void aRateHalvedSoOftenIsTheRateDividedByThatPowerOfTwo(@ForAll String id,
            @ForAll @DoubleRange(min = 0, max = 1) double rate, @ForAll @IntRange(min = 0, max = 20) int halvings) {
        long draw = Sampler.draw(id);
        assertEquals(new Sampler(Math.scalb(rate, -halvings)).chooses(draw, 0),
                new Sampler(rate).chooses(draw, halvings));
    }

    @Test
    void ratesOutsideTheUnitIntervalAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> new Sampler(1.01));
        assertThrows(IllegalArgumentException.class, () -> new Sampler(Double.NaN));
    }

    @Test
    void aRateOfMinusZeroIsZero() {
        Sampler sampler = new Sampler(-0.0);
        assertEquals(0L, Double.doubleToRawLongBits(sampler.rate()));
        assertFalse(sampler.chooses(Sampler.draw("a"), 0));
    }
}
