package dev.understudy.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.model.TensorDeclarations;
import dev.understudy.model.WarmupSample;
import dev.understudy.models.Digits;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Real children of this process, each ended by its test.
class ProbationTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Path MODELS = Path.of("..", "models");
    private static final Path GOOD = MODELS.resolve("repository/digits/1.onnx");

    private final Set<ProcessHandle> before = children();

    /// Not into a folder that goes with the test: this process may load the libraries from there too, later.
    @BeforeAll
    static void unpackOnceForAllChildren() throws IOException {
        OrtNatives.unpackInto(Path.of("target", "onnxruntime"));
    }

    @AfterEach
    void noChildIsLeft() {
        for (ProcessHandle child : started()) {
            child.onExit().orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
        }
        assertEquals(Set.of(), started());
    }

    @Test
    void oneChildExaminesModelAfterModelAndIsReplacedWhenOneCrashesIt() {
        try (Probation probation = new Probation(PATIENCE, Optional.empty())) {
            ProbationOutcome.Passed passed = assertInstanceOf(ProbationOutcome.Passed.class, examine(probation, GOOD));
            assertEquals("image FP32[-1,64]", passed.signature().inputs().getFirst().name() + " "
                    + passed.signature().inputs().getFirst().datatype()
                    + passed.signature().inputs().getFirst().shape());
            assertEquals(new TrialReport(true, true, true), passed.trial());
            Set<ProcessHandle> first = started();
            assertEquals(1, first.size());
            assertRefused(probation, "broken/garbage", reason -> reason.startsWith("ONNX Runtime cannot load it"));
            assertRefused(probation, "broken/truncated", reason -> reason.startsWith("ONNX Runtime cannot load it"));
            assertInstanceOf(ProbationOutcome.Passed.class,
                    examine(probation, MODELS.resolve("challengers/better.onnx")));
            assertEquals(first, started(), "one child for all");
            assertRefused(probation, "broken/crashes",
                    reason -> reason.matches("it crashed the probation process while loading or warming up"
                            + " \\((signal \\d+, SIG[A-Z]+|exit code \\d+)\\)"));
            assertInstanceOf(ProbationOutcome.Passed.class, examine(probation, GOOD));
            assertNotEquals(first, started(), "the dead child cannot have answered");
        }
    }

    @Test
    void recordedRequestsReachTheChild() {
        Tensor digit = Tensor.ofFloats("image", Shape.of(1, Digits.PIXELS),
                Digits.load().heldOut().getFirst().pixels());
        try (Probation probation = new Probation(PATIENCE, Optional.empty())) {
            Path file = MODELS.resolve("challengers/faulty/throws.onnx");
            assertInstanceOf(ProbationOutcome.Passed.class, examine(probation, file));
            ProbationOutcome.Refused refused = assertInstanceOf(ProbationOutcome.Refused.class,
                    probation.examine(file, false, 1, TensorDeclarations.NONE,
                            List.of(WarmupSample.recorded(List.of(digit)))));
            assertTrue(refused.reason().startsWith("it failed on a recorded request: "), refused.reason());
        }
    }

    @Test
    void aChildThatNeverAnswersIsKilledWhenItsTimeIsOver() {
        try (Probation probation = new Probation(List.of("sleep", "3600"), Duration.ofMillis(50))) {
            ProbationOutcome.Refused refused = assertInstanceOf(ProbationOutcome.Refused.class,
                    examine(probation, GOOD));
            assertTrue(refused.reason().startsWith("it did not load and warm up within"), refused.reason());
            noChildIsLeft();
        }
    }

    @Test
    void aChildThatTalksNonsenseOrEndsIsACrash() {
        for (List<String> command : List.of(List.of("echo", "nonsense"), List.of("true"))) {
            try (Probation probation = new Probation(command, PATIENCE)) {
                ProbationOutcome.Refused refused = assertInstanceOf(ProbationOutcome.Refused.class,
                        examine(probation, GOOD));
                assertTrue(refused.reason().startsWith("it crashed the probation process"), refused.reason());
            }
        }
    }

    @Test
    void aKilledChildIsReplacedOnceBecauseTheModelMayNotBeToBlame(@TempDir Path folder) throws IOException {
        Path starts = folder.resolve("starts");
        List<String> command = List.of("sh", "-c", "echo started >> '" + starts + "'; kill -9 $$");
        try (Probation probation = new Probation(command, PATIENCE)) {
            ProbationOutcome.Refused refused = assertInstanceOf(ProbationOutcome.Refused.class,
                    examine(probation, GOOD));
            assertTrue(refused.reason().startsWith("its probation process was killed"), refused.reason());
        }
        assertEquals(2, Files.readAllLines(starts).size());
    }

    @Test
    void aProgramThatCannotBeStartedIsRefusedWithoutItsPath() {
        try (Probation probation = new Probation(List.of("/nowhere/at/all"), PATIENCE)) {
            ProbationOutcome.Refused refused = assertInstanceOf(ProbationOutcome.Refused.class,
                    examine(probation, GOOD));
            assertTrue(refused.reason().startsWith("the probation process cannot be started"), refused.reason());
            assertFalse(refused.reason().contains("/"), refused.reason());
        }
    }

    @Test
    void anInterruptEndsTheExaminationAndTheChild() {
        try (Probation probation = new Probation(List.of("sleep", "3600"), PATIENCE)) {
            Thread.currentThread().interrupt();
            ProbationOutcome.Refused refused = assertInstanceOf(ProbationOutcome.Refused.class,
                    examine(probation, GOOD));
            assertEquals("the server stopped during its probation", refused.reason());
            assertTrue(Thread.interrupted(), "the interrupt is kept for the caller");
            noChildIsLeft();
        }
    }

    private static ProbationOutcome examine(Probation probation, Path file) {
        return probation.examine(file, false, 1, TensorDeclarations.NONE, List.of());
    }

    private static void assertRefused(Probation probation, String file, Predicate<String> expected) {
        ProbationOutcome.Refused refused = assertInstanceOf(ProbationOutcome.Refused.class,
                examine(probation, MODELS.resolve("challengers").resolve(file + ".onnx")));
        assertTrue(expected.test(refused.reason()), refused.reason());
        assertFalse(refused.reason().contains("/"), refused.reason());
    }

    private Set<ProcessHandle> started() {
        return children().stream().filter(child -> !before.contains(child)).collect(Collectors.toSet());
    }

    private static Set<ProcessHandle> children() {
        return ProcessHandle.current().children().filter(ProcessHandle::isAlive).collect(Collectors.toSet());
    }
}
