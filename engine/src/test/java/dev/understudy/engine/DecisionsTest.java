package dev.understudy.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.engine.EngineConfig.LogEvent;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class DecisionsTest {
    private final List<LogEvent> log = new CopyOnWriteArrayList<>();

    @Test
    void whatMayWaitForTheJournalFollowsTheWholeDecision() {
        List<String> order = new CopyOnWriteArrayList<>();
        try (Decisions decisions = new Decisions(log::add, Decisions.LISTING_MAX)) {
            decisions.decide(() -> {
                for (String model : List.of("a", "b")) {
                    order.add("champion of " + model);
                    decisions.afterCasting(() -> order.add("challengers of " + model));
                }
            });
            decisions.awaitCast();
            assertEquals(List.of("champion of a", "champion of b", "challengers of a", "challengers of b"), order);
            assertEquals(List.of(), log);
        }
    }

    @Test
    void aJournalThatHangsDoesNotHoldUpTheStart() {
        CountDownLatch hung = new CountDownLatch(1);
        try (Decisions decisions = new Decisions(log::add, Duration.ZERO)) {
            decisions.decide(() -> decisions.afterCasting(() -> {
                try {
                    hung.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }));
            decisions.awaitCast();
            assertEquals(1, hung.getCount());
            hung.countDown();
        }
        assertTrue(log.getFirst().message().startsWith("serving begins before"), log::toString);
    }
}
