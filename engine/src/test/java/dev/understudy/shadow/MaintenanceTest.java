package dev.understudy.shadow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.runtime.Activity;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class MaintenanceTest {
    private final Activity champion = new Activity();
    private final Activity challengers = new Activity();
    private final AtomicLong now = new AtomicLong();
    private final List<Long> slept = new ArrayList<>();
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
    void betweenTwoWorksThereIsAPauseUnlessItHasPassedAlready() {
        Activity asked = new Activity(now::get);
        Maintenance paused = paused(asked);
        paused.await();
        assertEquals(List.of(), slept, "nothing has been done before");
        paused.until(CompletableFuture.completedFuture(null));
        now.addAndGet(100);
        answer(asked);
        paused.await();
        assertEquals(List.of(400L), slept);
        paused.until(CompletableFuture.completedFuture(null));
        now.addAndGet(600);
        answer(asked);
        paused.await();
        assertEquals(List.of(400L), slept);
    }

    /// So that neither a start with many models nor a stop takes longer for it.
    @Test
    void whereNoChampionHasBeenAskedSinceNothingWaits() {
        Activity asked = new Activity(now::get);
        Maintenance paused = paused(asked);
        for (int i = 0; i < 3; i++) {
            assertEquals("done", paused.during(() -> {
                assertTrue(paused.running());
                now.addAndGet(50);
                return "done";
            }));
            now.addAndGet(1);
        }
        assertEquals(List.of(), slept);
        assertEquals(3, paused.account().works());
        assertFalse(paused.running());
    }

    @Test
    void workThatFailsIsOverToo() {
        assertThrows(IllegalStateException.class, () -> maintenance.during(() -> {
            throw new IllegalStateException("it does not load");
        }));
        assertFalse(maintenance.running());
    }

    private Maintenance paused(Activity asked) {
        return new Maintenance(asked, challengers, 500, now::get, nanos -> {
            slept.add(nanos);
            now.addAndGet(nanos);
        });
    }

    private static void answer(Activity asked) {
        asked.began();
        asked.ended(1);
    }

    @Test
    @Timeout(60)
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
