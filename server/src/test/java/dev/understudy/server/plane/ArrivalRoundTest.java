package dev.understudy.server.plane;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ArrivalRoundTest {
    private final ArrayDeque<Runnable> loop = new ArrayDeque<>();
    private final List<Integer> handedOver = new ArrayList<>();
    private final ArrivalRound round = new ArrivalRound();

    private void arrive(int number) {
        round.add(() -> handedOver.add(number), loop::add);
    }

    private void finishRound() {
        while (!loop.isEmpty()) {
            loop.remove().run();
        }
    }

    @Test
    void whatARoundReadIsHandedOverInOrderAtItsEndByOneTask() {
        arrive(1);
        arrive(2);
        assertEquals(List.of(), handedOver);
        assertEquals(1, loop.size());
        finishRound();
        assertEquals(List.of(1, 2), handedOver);
    }

    @Test
    void everyRoundIsHandedOver() {
        arrive(1);
        finishRound();
        arrive(2);
        finishRound();
        assertEquals(List.of(1, 2), handedOver);
    }

    @Test
    void aHandOverThatFailsKeepsNoOtherWaiting() {
        List<Throwable> told = new ArrayList<>();
        Thread.currentThread().setUncaughtExceptionHandler((_, fault) -> told.add(fault));
        round.add(() -> {
            throw new OutOfMemoryError("made up");
        }, loop::add);
        arrive(2);
        finishRound();
        Thread.currentThread().setUncaughtExceptionHandler(null);
        assertEquals(List.of(2), handedOver);
        assertEquals(1, told.size());
    }

    @Test
    void aFullRoundIsHandedOverAtOnceAndNothingTwice() {
        List<Integer> all = IntStream.rangeClosed(1, ArrivalRound.ARRIVALS_MAX + 1).boxed().toList();
        all.forEach(this::arrive);
        assertEquals(all.subList(0, ArrivalRound.ARRIVALS_MAX), handedOver);
        finishRound();
        assertEquals(all, handedOver);
    }
}
