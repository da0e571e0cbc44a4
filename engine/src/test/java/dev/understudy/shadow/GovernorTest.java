package dev.understudy.shadow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.runtime.CpuLanes;
import dev.understudy.runtime.Isolation;
import dev.understudy.runtime.Lanes;
import dev.understudy.runtime.TestLanes;
import java.util.List;
import org.junit.jupiter.api.Test;

class GovernorTest {
    private static final HeapBudget HEAP = new HeapBudget(1);

    private static Governor governor(Isolation level) {
        return new Governor(CpuLanes.open(level, refusal -> {}), 1, HEAP, RunMarks.inMemory(4), loss -> {});
    }

    private static ShadowFanout slowedDown(Governor governor, long onNanos) {
        ChampionLatency latency = new ChampionLatency();
        for (int i = 0; i < ChampionLatency.ANSWERS_MIN; i++) {
            latency.record(LaneWindows.Window.OFF, 1_000_000);
            latency.record(LaneWindows.Window.ON, onNanos);
        }
        return new ShadowFanout(new Sampler(1), governor, latency);
    }

    @Test
    void itBacksOffOnceACycleWhileAnyChampionIsSlowerForTheLane() {
        try (Governor governor = governor(Isolation.PACED)) {
            ShadowFanout hurt = slowedDown(governor, 2_000_000);
            ShadowFanout unhurt = slowedDown(governor, 1_000_000);
            governor.review(List.of(hurt, unhurt), 0);
            assertEquals(1, governor.duty(), "the cycle in which it began is not over");
            governor.review(List.of(hurt, unhurt), 1);
            assertEquals(0.5, governor.duty());
            assertEquals(2, hurt.ratio().p50(), 0.05);
            assertEquals(1, unhurt.ratio().p50(), 0.05);
            governor.review(List.of(hurt, unhurt), 1);
            assertEquals(0.5, governor.duty(), "the same cycle");
            governor.review(List.of(hurt, unhurt), 2);
            assertTrue(governor.duty() > 0.5, "what the lane did before says nothing of what it does now");
        }
    }

    /// Busy, so that the gap that is expected is that of the past and stands still.
    @Test
    void aRunIsToFitIntoTheChampionsGapWhereItCannotGiveWay() {
        try (Lanes gpu = TestLanes.asOnAGpu("");
                Governor governor = new Governor(gpu, 1, HEAP, RunMarks.inMemory(4), loss -> {})) {
            gpu.champion().activity().began();
            long expected = gpu.champion().activity().expectedGapNanos();
            assertTrue(expected > 0, "no gap before the first request");
            assertTrue(gpu.challenger().activity().expectedGapNanos() != expected, "the lanes cannot be told apart");
            assertEquals(expected, governor.gapNanos());
        }
        try (Governor processors = governor(Isolation.PACED)) {
            assertEquals(Long.MAX_VALUE, processors.gapNanos(), "a run of the idle class gives way");
        }
    }

    @Test
    void withoutPacingTheLaneNeverRestsAndNeverBacksOff() {
        try (Governor governor = governor(Isolation.PRIORITY)) {
            ShadowFanout hurt = slowedDown(governor, 2_000_000);
            for (long cycle = 0; cycle < 5; cycle++) {
                governor.review(List.of(hurt), cycle);
            }
            assertEquals(1, governor.duty());
            assertFalse(hurt.ratio().isKnown());
            assertEquals(LaneWindows.Window.ON, governor.window());
        }
    }
}
