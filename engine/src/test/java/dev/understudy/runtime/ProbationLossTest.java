package dev.understudy.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.model.TensorDeclarations;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// What becomes of a probation process that has lost its device, which [MakeBelieveCudaTest] has it lose.
class ProbationLossTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /// A real process, which stays alive: only that its answer was the last tells that another is needed.
    @Test
    void aChildWhoseAnswerWasItsLastIsEndedAndTheNextModelGetsAnother() {
        List<String> command = List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                System.getProperty("java.class.path"), LastAnswer.class.getName());
        long[] children = new long[2];
        try (Probation probation = new Probation(command, PATIENCE)) {
            for (int i = 0; i < children.length; i++) {
                ProbationOutcome.Refused refused = assertInstanceOf(ProbationOutcome.Refused.class, probation.examine(
                        Path.of("model-" + i), false, 1, TensorDeclarations.NONE, List.of()));
                assertTrue(refused.reason().startsWith("model-" + i + " by "), refused.reason());
                children[i] = Long.parseLong(refused.reason().replaceFirst(".* by ", ""));
                ProcessHandle.of(children[i])
                        .ifPresent(child -> child.onExit().orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join());
            }
        }
        assertNotEquals(children[0], children[1]);
    }

    @Test
    void thatAnAnswerIsTheLastGoesOverTheWire() throws Exception {
        for (boolean last : new boolean[]{false, true}) {
            ProbationWire.Answer answer = new ProbationWire.Answer(new ProbationOutcome.Refused("no", Optional.empty()),
                    last);
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            ProbationWire.write(new DataOutputStream(bytes), answer);
            DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes.toByteArray()));
            assertEquals(answer, ProbationWire.readAnswer(in));
            assertFalse(in.read() >= 0, "all of it is read");
        }
    }
}
