package dev.understudy.shadow;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class LotTest {
    private static final int IDS = 100_000;

    private static double share(Lot lot, Sampler among) {
        int mirrored = 0;
        int chosen = 0;
        for (int i = 0; i < IDS; i++) {
            long draw = Sampler.draw("request-" + i);
            if (among.chooses(draw, 0)) {
                mirrored++;
                chosen += lot.chooses(draw) ? 1 : 0;
            }
        }
        return (double) chosen / mirrored;
    }

    @Test
    void aLotChoosesItsShareOfWhatIsMirroredWhateverTheSamplingRate() {
        for (double rate : new double[]{1, 0.5, 0.1}) {
            Sampler sampler = new Sampler(rate);
            assertEquals(0, share(new Lot(0, 1), sampler));
            assertEquals(0.05, share(new Lot(0.05, 7), sampler), 0.01);
            assertEquals(0.5, share(Lot.COIN, sampler), 0.02);
            assertEquals(1, share(new Lot(1, 1), sampler));
        }
    }

    @Test
    void lotsChooseApartFromEachOther() {
        Lot one = new Lot(0.5, 1);
        Lot other = new Lot(0.5, 2);
        int both = 0;
        for (int i = 0; i < IDS; i++) {
            long draw = Sampler.draw("request-" + i);
            both += one.chooses(draw) && other.chooses(draw) ? 1 : 0;
        }
        assertEquals(0.25, (double) both / IDS, 0.02);
    }
}
