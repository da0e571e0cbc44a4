package dev.understudy.shadow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.understudy.ffm.Answer;
import dev.understudy.ffm.Scheduling;
import dev.understudy.runtime.Activity;
import dev.understudy.runtime.Isolation;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// The watchdog with real threads, whose times it reads where the kernel keeps them.
class WatchdogTest {
    private final Turnstile<Entrant> turnstile = new Turnstile<>(new Activity(), new Activity(),
            new Pacing(Isolation.PRIORITY, 1, 1_000, new LaneWindows(System.nanoTime()), System.nanoTime()));

    /// Whose run would be done by that thread.
    private record Run(int threadId, CountDownLatch cancelled) implements Entrant {
        @Override
        public OptionalInt idleThread() {
            return OptionalInt.of(threadId);
        }

        @Override
        public void cancelStarved() {
            cancelled.countDown();
        }
    }

    private static int ownThreadId() {
        Answer<Integer> answer = Scheduling.threadId();
        assumeTrue(answer instanceof Answer.Granted<Integer>, () -> "skipped: thread ids are Linux's: " + answer);
        return answer instanceof Answer.Granted<Integer>(Integer id) ? id : -1;
    }

    @Test
    void aRunWhoseThreadGetsNoProcessorIsCancelledAndTheLanePauses() throws Exception {
        CompletableFuture<Integer> sleeper = new CompletableFuture<>();
        CountDownLatch end = new CountDownLatch(1);
        Thread sleeping = Thread.ofPlatform().start(() -> {
            try {
                sleeper.complete(ownThreadId());
                end.await();
            } catch (RuntimeException | InterruptedException e) {
                sleeper.completeExceptionally(e);
            }
        });
        try (Watchdog watchdog = new Watchdog(turnstile)) {
            Run run = new Run(sleeper.get(), new CountDownLatch(1));
            assertNull(turnstile.enter(run, 0));
            assertTrue(run.cancelled().await(1, TimeUnit.MINUTES), watchdog::toString);
            turnstile.leave(run, 1);
            assertEquals(Hold.PAUSE, turnstile.enter(run, 0));
        } finally {
            end.countDown();
            sleeping.join();
        }
    }

    @Test
    void anEntrantThatFailsDoesNotEndTheWatch() throws Exception {
        Entrant broken = new Entrant() {
            @Override
            public OptionalInt idleThread() {
                throw new IllegalStateException("on purpose");
            }

            @Override
            public void cancelStarved() {}
        };
        CountDownLatch looked = new CountDownLatch(3);
        Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
        Thread.setDefaultUncaughtExceptionHandler((thread, fault) -> looked.countDown());
        try (Watchdog watchdog = new Watchdog(turnstile)) {
            assertNull(turnstile.enter(broken, 0));
            assertTrue(looked.await(1, TimeUnit.MINUTES), watchdog::toString);
            turnstile.leave(broken, 1);
        } finally {
            Thread.setDefaultUncaughtExceptionHandler(before);
        }
    }
}
