package dev.understudy.shadow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.runtime.Activity;
import dev.understudy.runtime.Isolation;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class TurnstileTest {
    private static final long HOUR_NANOS = TimeUnit.HOURS.toNanos(1);

    private final Activity champion = new Activity();
    private final Activity challengers = new Activity();

    private Turnstile<String> turnstile(Isolation level) {
        return new Turnstile<>(champion, challengers,
                new Pacing(level, 1, 1_000, new LaneWindows(System.nanoTime()), System.nanoTime()));
    }

    @Test
    void oneRunAtATimeWhoeverAsks() throws Exception {
        Turnstile<String> turnstile = turnstile(Isolation.PRIORITY);
        AtomicInteger inside = new AtomicInteger();
        AtomicBoolean crowded = new AtomicBoolean();
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            String who = "line " + t;
            threads.add(Thread.ofPlatform().start(() -> {
                for (int runs = 0; runs < 500;) {
                    if (turnstile.enter(who, HOUR_NANOS) == null) {
                        crowded.compareAndSet(false, inside.incrementAndGet() > 1);
                        inside.decrementAndGet();
                        turnstile.leave(who, 1_000);
                        runs++;
                    }
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertFalse(crowded.get());
        assertTrue(challengers.idle());
        assertNull(turnstile.inside());
    }

    @Test
    void withPacingNobodyIsLetInWhileTheChampionHasSomethingInHand() throws Exception {
        Turnstile<String> turnstile = turnstile(Isolation.PACED);
        champion.began();
        assertEquals(Hold.GAP, blocking(turnstile));
        assertTrue(challengers.idle(), "it does not count as running");
        AtomicBoolean ended = new AtomicBoolean();
        AtomicBoolean early = new AtomicBoolean();
        Thread line = Thread.ofPlatform().start(() -> {
            while (turnstile.enter("line", HOUR_NANOS) != null) {
                Thread.onSpinWait();
            }
            early.set(!ended.get());
            turnstile.leave("line", 1_000);
        });
        while (line.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        ended.set(true);
        champion.ended(1);
        line.join();
        assertFalse(early.get());
    }

    /// What keeps `line` out at once; the lane's rests are waited out.
    private static Hold blocking(Turnstile<String> turnstile) {
        Hold hold = turnstile.enter("line", 0);
        while (hold == Hold.REST) {
            hold = turnstile.enter("line", HOUR_NANOS / 3_600_000);
        }
        return Objects.requireNonNull(hold);
    }

    @Test
    void withoutPacingTheChampionIsNotLookedAt() {
        Turnstile<String> turnstile = turnstile(Isolation.PRIORITY);
        champion.began();
        assertNull(turnstile.enter("line", 0));
        assertEquals("line", Objects.requireNonNull(turnstile.inside()).who());
        assertFalse(challengers.idle());
        assertEquals(Hold.TURN, turnstile.enter("other", 0));
        turnstile.leave("line", 1_000);
        assertNull(turnstile.enter("other", 0));
        turnstile.leave("other", 1_000);
    }

    @Test
    void withoutIsolationAllRunAtOnce() {
        Turnstile<String> turnstile = turnstile(Isolation.NONE);
        champion.began();
        assertNull(turnstile.enter("line", 0));
        assertNull(turnstile.enter("other", 0));
        turnstile.leave("line", 1);
        turnstile.leave("other", 1);
        assertTrue(challengers.idle());
    }

    @Test
    void aRunThatIsInterruptedKeepsEveryoneOutForAWhile() {
        Turnstile<String> turnstile = turnstile(Isolation.PRIORITY);
        List<String> cancelled = new ArrayList<>();
        assertNull(turnstile.enter("line", 0));
        Turnstile.Inside<String> run = Objects.requireNonNull(turnstile.inside());
        turnstile.interrupt(run, cancelled::add, HOUR_NANOS);
        assertEquals(List.of("line"), cancelled);
        turnstile.leave("line", 1);
        assertEquals(Hold.PAUSE, turnstile.enter("line", 0));
    }

    @Test
    void aRunThatHasLeftIsNotInterruptedAndNeitherIsTheNext() {
        Turnstile<String> turnstile = turnstile(Isolation.PRIORITY);
        List<String> cancelled = new ArrayList<>();
        assertNull(turnstile.enter("line", 0));
        Turnstile.Inside<String> run = Objects.requireNonNull(turnstile.inside());
        turnstile.leave("line", 1);
        turnstile.interrupt(run, cancelled::add, HOUR_NANOS);
        assertNull(turnstile.enter("line", 0), "nor is anyone kept out");
        turnstile.interrupt(run, cancelled::add, HOUR_NANOS);
        turnstile.leave("line", 1);
        assertEquals(List.of(), cancelled);
    }

    @Test
    void whoeverHasHadLeastGoesFirst() throws Exception {
        Turnstile<String> turnstile = turnstile(Isolation.PRIORITY);
        assertNull(turnstile.enter("greedy", 0));
        List<String> order = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (String who : List.of("greedy", "modest")) {
            threads.add(Thread.ofPlatform().start(() -> {
                while (turnstile.enter(who, HOUR_NANOS) != null) {
                    Thread.onSpinWait();
                }
                synchronized (order) {
                    order.add(who);
                }
                turnstile.leave(who, 1_000);
            }));
            while (threads.getLast().getState() != Thread.State.TIMED_WAITING) {
                Thread.onSpinWait();
            }
        }
        turnstile.leave("greedy", 1_000_000);
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(List.of("modest", "greedy"), order);
    }
}
