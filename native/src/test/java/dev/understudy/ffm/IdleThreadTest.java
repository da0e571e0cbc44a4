package dev.understudy.ffm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class IdleThreadTest {
    private static final long SEED = 20_261_125;

    @Test
    void itIsOfTheIdleClassAndBearsItsNameAndItsOwnerStaysNormal() {
        try (IdleThread thread = start()) {
            TaskState state = TaskState.read(thread.id()).orElseThrow();
            TaskState owner = TaskState.read(own()).orElseThrow();
            assertEquals(new TaskState("a test (odd) na", owner.nice(), Scheduling.IDLE), state);
            assertEquals(Scheduling.NORMAL, owner.policy());
        }
    }

    @Test
    void allEightArgumentsArriveInTheirPlacesAndTheResultComesBack() {
        try (IdleThread thread = start(); Arena arena = Arena.ofConfined()) {
            MemorySegment print = SystemCall.address("snprintf");
            MemorySegment text = arena.allocate(200);
            MemorySegment format = arena.allocateFrom("%ld %ld %ld %ld %ld");
            SplittableRandom random = new SplittableRandom(SEED);
            for (int i = 0; i < 1_000; i++) {
                long[] numbers = random.longs(5).toArray();
                long length = thread.call(print, text.address(), text.byteSize(), format.address(), numbers[0],
                        numbers[1], numbers[2], numbers[3], numbers[4]);
                String expected = numbers[0] + " " + numbers[1] + " " + numbers[2] + " " + numbers[3] + " "
                        + numbers[4];
                assertEquals(expected, text.getString(0), "seed " + SEED);
                assertEquals(expected.length(), (int) length);
            }
        }
    }

    @Test
    void everyCallIsMadeByTheThreadItself() {
        try (IdleThread thread = start()) {
            for (int i = 0; i < 100; i++) {
                assertEquals(thread.id(),
                        thread.call(SystemCall.address("syscall"), SystemCall.GETTID.number()));
            }
        }
    }

    @Test
    void aNinthArgumentIsRefused() {
        try (IdleThread thread = start()) {
            assertThrows(IllegalArgumentException.class,
                    () -> thread.call(SystemCall.address("labs"), 1, 2, 3, 4, 5, 6, 7, 8, 9));
            assertEquals(7, thread.call(SystemCall.address("labs"), -7));
        }
    }

    @Test
    void itsTimesGrowWithWhatItComputes() {
        try (IdleThread thread = start(); Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(1 << 20);
            long before = TaskTimes.read(thread.id()).orElseThrow().cpuNanos();
            for (int i = 0; i < 100; i++) {
                thread.call(SystemCall.address("memset"), bytes.address(), i, bytes.byteSize());
            }
            assertTrue(TaskTimes.read(thread.id()).orElseThrow().cpuNanos() > before);
        }
    }

    @Test
    @Timeout(60)
    void manyAtOnceWorkApartAndAreGoneWhenClosed() {
        List<IdleThread> threads = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            threads.add(start());
        }
        for (IdleThread thread : threads) {
            assertEquals(thread.id(), thread.call(SystemCall.address("syscall"), SystemCall.GETTID.number()));
        }
        for (IdleThread thread : threads) {
            thread.close();
            // A joined thread stands in /proc for a moment more.
            while (TaskState.read(thread.id()).isPresent()) {
                Thread.onSpinWait();
            }
        }
    }

    static IdleThread start() {
        Answer<IdleThread> answer = IdleThread.start("a test (odd) name, and a long one");
        assumeTrue(answer instanceof Answer.Granted, answer::toString);
        return ((Answer.Granted<IdleThread>) answer).value();
    }

    private static int own() {
        return ((Answer.Granted<Integer>) Scheduling.threadId()).value();
    }
}
