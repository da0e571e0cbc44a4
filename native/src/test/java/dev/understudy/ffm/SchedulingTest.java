package dev.understudy.ffm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SchedulingTest {
    /// Above the largest id Linux gives.
    private static final int NOBODY = 1 << 30;

    @BeforeEach
    void thereAreSystemCalls() {
        assumeTrue(SystemCall.absence().isEmpty(), () -> SystemCall.absence().get());
    }

    @Test
    void aThreadThatIsSaidToBeNicerIsNicer() {
        try (IdleThread thread = IdleThreadTest.start()) {
            assertEquals(Optional.empty(), Scheduling.nice(thread.id(), 7));
            assertEquals(7, TaskState.read(thread.id()).orElseThrow().nice());
        }
    }

    @Test
    void aJavaThreadThatEntersTheIdleClassTakesTheThreadsItStartsWithIt() throws Exception {
        Optional<?>[] seen = new Optional<?>[2];
        Thread.ofPlatform().start(() -> {
            if (Scheduling.enterIdle(0).isPresent()) {
                return;
            }
            seen[0] = policy();
            Thread child = Thread.ofPlatform().start(() -> seen[1] = policy());
            try {
                child.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }).join();
        assumeTrue(seen[0] != null, "SCHED_IDLE is refused here");
        assertEquals(Optional.of(Scheduling.IDLE), seen[0]);
        assertEquals(Optional.of(Scheduling.IDLE), seen[1]);
        assertEquals(Optional.of(Scheduling.NORMAL), policy());
    }

    private static Optional<Integer> policy() {
        return Scheduling.threadId() instanceof Answer.Granted<Integer>(Integer id)
                ? TaskState.read(id).map(TaskState::policy)
                : Optional.empty();
    }

    @Test
    void whatTheSystemRefusesIsAValueInItsOwnWords() {
        assertEquals(Optional.of("sched_setscheduler: No such process"), Scheduling.enterIdle(NOBODY));
        assertEquals(Optional.of("setpriority: No such process"), Scheduling.nice(NOBODY, 1));
        assertEquals(Optional.empty(), TaskState.read(NOBODY));
        assertEquals(Optional.empty(), TaskTimes.read(NOBODY));
    }

    @Test
    void theBarrierIsHadByWhoeverRegistersOrRefusedInWords() {
        switch (Membarrier.register()) {
            case Answer.Granted<Membarrier>(Membarrier barrier) -> {
                for (int i = 0; i < 100; i++) {
                    assertTrue(barrier.interruptOthers());
                }
            }
            case Answer.Refused<Membarrier>(String reason) ->
                assertTrue(reason.startsWith("membarrier: "), reason);
        }
    }

    @Test
    void aLineOfProcIsReadAlsoWhenTheNameHoldsParenthesesAndSpaces() {
        String fields = "S 1 1 1 0 -1 4194368 9 0 0 0 1 2 0 0 20 -3 30 0 5 6 7 8 9 10 11 12 13 0 0 0 0 0 0 0 17 1 0 5 0 0";
        assertEquals(Optional.of(new TaskState("a) b (c", -3, 5)), TaskState.parse("42 (a) b (c) " + fields + "\n"));
        assertEquals(Optional.empty(), TaskState.parse("42 (short) S 1 1"));
        assertEquals(Optional.of(new TaskTimes(12, 34)), TaskTimes.parse("12 34 5\n"));
        assertEquals(Optional.empty(), TaskTimes.parse("0"));
    }
}
