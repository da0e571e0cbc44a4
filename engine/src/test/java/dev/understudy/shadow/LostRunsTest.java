package dev.understudy.shadow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.infer.InferenceRequest;
import dev.understudy.verdict.FailureReason;
import dev.understudy.verdict.LedgerCounts;
import dev.understudy.verdict.ShedReason;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is not compared for want of time, of a gap or of a share of the lane is accounted for by its reason.
class LostRunsTest extends ShadowLineStage {
    LostRunsTest(@TempDir Path folder) {
        super(folder);
    }

    @Test
    void invariantI3WhatWaitedTooLongIsShedAsStale() throws Exception {
        try (ShadowLine line = line(identity(), limits(-1, 1, 0, HOUR_NANOS))) {
            for (int i = 0; i < 50; i++) {
                line.offer(request(1, 2), CHAMPION, true);
            }
            assertEquals(50, drained().shed().get(ShedReason.STALE));
            assertTrue(finished.isEmpty());
        }
    }

    @Test
    void invariantI3ARunBeyondItsLimitIsCancelledAndTheLineGoesOn() throws Exception {
        try (ShadowLine line = line(SLOW, limits(HOUR_NANOS, 1, 0, 0))) {
            line.offer(slowRequest(MANY_ROWS), CHAMPION, true);
            assertEquals(Map.of(FailureReason.TIMEOUT, 1L), positive(drained(line::cancelOverdue).failed()));
            line.offer(slowRequest(1), CHAMPION, true);
            assertEquals(1, drained().compared());
        }
    }

    @Test
    void invariantI3ARunCancelledForWantOfAProcessorIsShedAsStarvedAndTheLineGoesOn() throws Exception {
        try (ShadowLine line = line(SLOW, limits(HOUR_NANOS, 1, 0, HOUR_NANOS))) {
            line.offer(slowRequest(MANY_ROWS), CHAMPION, true);
            LedgerCounts counts = drained(line::cancelStarved);
            assertEquals(1, counts.shed().get(ShedReason.STARVED));
            assertEquals(Map.of(), positive(counts.failed()));
            line.offer(slowRequest(1), CHAMPION, true);
            assertEquals(1, drained().compared());
        }
    }

    @Test
    void invariantI3WhatWaitedInVainForAGapIsShedAsStarved() throws Exception {
        lanes.champion().activity().began();
        try (ShadowLine line = line(identity(), limits(500_000_000, 1, 0, HOUR_NANOS))) {
            for (int i = 0; i < 5; i++) {
                line.offer(request(1, 2), CHAMPION, true);
            }
            LedgerCounts counts = drained();
            assertEquals(5, counts.shedTotal(), "the champion has something in hand all the time");
            assertEquals(5, counts.shed().get(ShedReason.STARVED), counts::toString);
            assertTrue(finished.isEmpty());
            lanes.champion().activity().ended(1);
            line.offer(request(1, 2), CHAMPION, true);
            assertEquals(1, drained().compared());
        }
    }

    @Test
    void invariantI3WhatWaitedWhileTheLanesShareWasUsedUpIsShedAsOverBudget() throws Exception {
        try (ShadowLine line = line(identity(), limits(500_000_000, 1, 0, HOUR_NANOS))) {
            while (governor.turnstile().enter(line, HOUR_NANOS) != null) {
                Thread.onSpinWait();
            }
            governor.turnstile().leave(line, HOUR_NANOS);
            for (int i = 0; i < 5; i++) {
                line.offer(request(1, 2), CHAMPION, true);
            }
            LedgerCounts counts = drained();
            assertEquals(Map.of(ShedReason.OVER_BUDGET, 5L), positive(counts.shed()));
        }
    }

    @Test
    void aLineThatFallsBehindTakesFewerRequestsAndAllAgainWhenItKeepsUp() throws Exception {
        lanes.champion().activity().began();
        try (ShadowLine line = line(identity(), new ShadowLimits(4, 1 << 20, HOUR_NANOS, 4, 0, HOUR_NANOS,
                HOUR_NANOS))) {
            for (int i = 0; i < 4; i++) {
                line.offer(request(1, 2), CHAMPION, true);
            }
            assertTrue(line.adaptRate(), "its queue is full");
            assertEquals(0.5, line.rateFactor());
            lanes.champion().activity().ended(1);
            drained();
            int rounds = 0;
            while (!line.adaptRate()) {
                rounds++;
            }
            assertEquals(AdaptiveRate.PATIENCE_MIN - 1, rounds);
            assertEquals(1, line.rateFactor());
        }
    }

    @Test
    void invariantI3WhatOnlyALowerRateLeavesOutIsSampledAndShed() throws Exception {
        lanes.champion().activity().began();
        try (ShadowLine line = line(identity(), new ShadowLimits(4, 1 << 20, HOUR_NANOS, 4, 0, HOUR_NANOS,
                HOUR_NANOS))) {
            ShadowFanout fanout = new ShadowFanout(new Sampler(0.5), governor);
            fanout.setLines(List.of(line), List.of());
            for (int i = 0; i < 4; i++) {
                line.offer(request(1, 2), CHAMPION, true);
            }
            assertTrue(line.adaptRate());
            lanes.champion().activity().ended(1);
            LedgerCounts before = drained();
            for (int i = 0; i < 1000; i++) {
                fanout.offer(
                        new InferenceRequest("m", null, "id-" + i, null, request(1, 2).inputs(), List.of(), null, 0),
                        CHAMPION);
            }
            LedgerCounts after = drained();
            long reduced = after.shed().getOrDefault(ShedReason.REDUCED_RATE, 0L);
            assertEquals(0.5, (after.sampled() - before.sampled()) / 1000.0, 0.06, "the declared rate");
            assertEquals(0.25, reduced / 1000.0, 0.05);
        }
    }

    @Test
    void aRunWithinItsLimitIsNotCancelled() throws Exception {
        try (ShadowLine line = line(SLOW, limits(HOUR_NANOS, 1, 0, HOUR_NANOS))) {
            line.offer(slowRequest(64), CHAMPION, true);
            assertEquals(1, drained(line::cancelOverdue).compared());
        }
    }
}
