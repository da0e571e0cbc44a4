package dev.understudy.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.understudy.engine.EngineConfig.LogEvent;
import dev.understudy.journal.JournalException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class TurnsTest {
    private final List<String> said = new ArrayList<>();
    private final Turns turns = new Turns((LogEvent event) -> said.add(event.model() + " " + event.message()));
    private final Object first = new Object();
    private final Object second = new Object();
    private int taken;

    private void round(Turns.Turn turn) {
        turns.give(first, "digits", "the first failed", turn);
        turns.give(second, "digits", "the second failed", () -> taken++);
    }

    @Test
    void whateverATurnThrowsTheOthersHaveTheirs() {
        round(() -> {
            throw new JournalException("the disk is full");
        });
        round(() -> {
            throw new IllegalStateException("the ledger does not balance");
        });
        round(() -> {
            throw new StackOverflowError();
        });
        assertEquals(3, taken);
        assertEquals(List.of("digits the first failed: the disk is full"), said);
    }

    @Test
    void aFailureIsSaidOnceForEachAndAgainAfterATurnThatWentWell() {
        Turns.Turn bad = () -> {
            throw new IllegalStateException("bad");
        };
        round(bad);
        round(bad);
        turns.give(second, "digits", "the second failed", bad);
        round(() -> {});
        round(bad);
        String once = "java.lang.IllegalStateException: bad";
        assertEquals(List.of("digits the first failed: " + once, "digits the second failed: " + once,
                "digits the first failed: " + once), said);
    }
}
