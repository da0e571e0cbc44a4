package dev.understudy.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

final class SupervisionTest {
    @Test
    void aServerKnowsOfItsSupervisorWhatThatHasTold() {
        assertEquals(new Supervision(false, OptionalInt.empty()), Supervision.of(Map.of()));
        for (OptionalInt lastExit : new OptionalInt[]{OptionalInt.empty(), OptionalInt.of(7), OptionalInt.of(139)}) {
            assertEquals(new Supervision(true, lastExit),
                    Supervision.of(Map.of(Supervision.VARIABLE, Supervision.word(lastExit))));
        }
    }

    @Test
    void whatNoSupervisorWouldSayIsNoExitCode() {
        assertEquals(new Supervision(true, OptionalInt.empty()), Supervision.of(Map.of(Supervision.VARIABLE, "-1")));
        assertEquals(new Supervision(true, OptionalInt.empty()), Supervision.of(Map.of(Supervision.VARIABLE, "")));
    }
}
