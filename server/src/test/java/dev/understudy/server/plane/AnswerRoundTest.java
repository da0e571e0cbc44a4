package dev.understudy.server.plane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AnswerRoundTest {
    private final ArrayDeque<Runnable> loop = new ArrayDeque<>();
    private final List<Integer> sent = new ArrayList<>();
    private final AnswerRound round = new AnswerRound();

    private void answer(int number) {
        round.add(() -> sent.add(number), loop::add);
    }

    private void turn() {
        loop.remove().run();
    }

    @Test
    void whatWaitsIsSentInOrderByOneTask() {
        answer(1);
        answer(2);
        assertEquals(List.of(), sent);
        assertEquals(1, loop.size());
        turn();
        assertEquals(List.of(1, 2), sent);
        assertEquals(0, loop.size());
    }

    @Test
    void whatComesWhileOthersAreSentLeavesWithThem() {
        round.add(() -> {
            sent.add(1);
            answer(2);
        }, loop::add);
        turn();
        assertEquals(List.of(1, 2), sent);
        assertEquals(0, loop.size());
        answer(3);
        turn();
        assertEquals(List.of(1, 2, 3), sent);
    }

    @Test
    void anAnswerThatFailsKeepsNoOtherWaiting() {
        List<Throwable> told = new ArrayList<>();
        Thread.currentThread().setUncaughtExceptionHandler((_, fault) -> told.add(fault));
        round.add(() -> {
            throw new OutOfMemoryError("made up");
        }, loop::add);
        answer(2);
        turn();
        Thread.currentThread().setUncaughtExceptionHandler(null);
        assertEquals(List.of(2), sent);
        assertEquals(1, told.size());
        answer(3);
        turn();
        assertEquals(List.of(2, 3), sent);
    }

    @Test
    void aLoopThatTakesNothingForOnceIsAskedAgain() {
        assertThrows(RejectedExecutionException.class, () -> round.add(() -> sent.add(1), task -> {
            throw new RejectedExecutionException();
        }));
        answer(2);
        turn();
        assertEquals(List.of(1, 2), sent);
    }

    @Test
    void afterAFullRoundTheLoopGetsToItsConnectionsBeforeTheRest() {
        List<Integer> all = IntStream.rangeClosed(1, AnswerRound.ANSWERS_MAX + 1).boxed().toList();
        all.forEach(this::answer);
        turn();
        assertEquals(all.subList(0, AnswerRound.ANSWERS_MAX), sent);
        turn();
        assertEquals(all, sent);
        assertEquals(0, loop.size());
    }

    @Test
    void whatManyThreadsAddIsSentOnceEach() throws InterruptedException {
        int threads = 4;
        int each = 5_000;
        CountDownLatch left = new CountDownLatch(threads * each);
        int[] count = new int[1];
        try (ExecutorService eventLoop = Executors.newSingleThreadExecutor();
                ExecutorService champions = Executors.newFixedThreadPool(threads)) {
            for (int thread = 0; thread < threads; thread++) {
                champions.execute(() -> {
                    for (int i = 0; i < each; i++) {
                        round.add(() -> {
                            count[0]++;
                            left.countDown();
                        }, eventLoop);
                    }
                });
            }
            assertTrue(left.await(1, TimeUnit.MINUTES), () -> left.getCount() + " were not sent");
        }
        assertEquals(threads * each, count[0]);
    }
}
