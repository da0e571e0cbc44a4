package dev.understudy.champion;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.understudy.champion.ServingStatistics.Batches;
import dev.understudy.infer.Timings;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ServingRecorderTest {
    private final ServingRecorder recorder = new ServingRecorder();

    private void ran(long rows) {
        recorder.ran(new Timings(0, 1, 2, 3, rows), rows);
    }

    private List<Long> sizes() {
        return recorder.snapshot("m", "1", 0).batches().stream().map(Batches::batchSize).toList();
    }

    @Test
    void everySizeIsCountedForItself() {
        List<Long> sizes = List.of(0L, 1L, 65L, 96L, 100L, 1L << 40);
        sizes.forEach(this::ran);
        ran(96);
        assertEquals(sizes, sizes());
        assertEquals(2, recorder.snapshot("m", "1", 0).batches().get(3).computeInfer().count());
    }

    @Test
    void sizesPastTheBoundShareThePowersOfTwo() {
        for (long rows = 3000; rows < 4024; rows++) {
            ran(rows);
        }
        assertEquals(1024, sizes().size());
        ran(3000);
        ran(2500);
        ran(4095);
        ran(1);
        ran(Long.MAX_VALUE);
        List<Batches> batches = recorder.snapshot("m", "1", 0).batches();
        assertEquals(1024 + 3, batches.size(), "1, 4096 and the greatest");
        assertEquals(2, batches.get(1).computeInfer().count(), "one that is known stays exact");
        assertEquals(new Batches(4096, new ServingStatistics.Duration(2, 2), new ServingStatistics.Duration(2, 4),
                new ServingStatistics.Duration(2, 6)), batches.get(1025));
        assertEquals(1024 + 5, recorder.snapshot("m", "1", 0).executionCount());
    }
}
