package dev.understudy.shadow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.runtime.Activity;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class MaintenanceTest {
    private final Activity champion = new Activity();
    private final Activity challengers = new Activity();
    private final Maintenance maintenance = new Maintenance(champion, challengers, 0);

    @Test
    void thereIsWorkUntilItIsOverAlsoWhenItFails() {
        CompletableFuture<Void> one = new CompletableFuture<>();
        CompletableFuture<Void> other = new CompletableFuture<>();
        maintenance.until(one);
        maintenance.until(other);
        assertFalse(challengers.idle(), "a champion makes it give way as it does a run");
        one.complete(null);
        assertTrue(maintenance.running());
        other.completeExceptionally(new IllegalStateException("it does not load"));
        assertFalse(maintenance.running());
        assertTrue(challengers.idle());
        assertEquals(2, maintenance.account().works());
    }

    @Test
    void whatIsAnsweredMeanwhileIsCountedAndTheSlowestKept() {
        maintenance.answered(7);
        maintenance.answered(30);
        maintenance.answered(2);
        assertEquals(3, maintenance.account().answers());
        assertEquals(30, maintenance.account().slowestNanos());
    }

    @Test
    void itBeginsAtOnceWhenNobodyIsInTheWay() {
        maintenance.await();
        assertTrue(champion.idle());
    }

    @Test
    void itWaitsForAGapOfTheChampions() throws Exception {
        champion.began();
        Thread waiter = Thread.ofPlatform().start(maintenance::await);
        while (waiter.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        champion.ended(1);
        waiter.join();
    }
}
