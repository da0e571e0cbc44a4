package dev.understudy.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.engine.ModelStatus.State;
import dev.understudy.models.SyntheticModels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What users do to a repository, on the real engine.
class RepositoryEndToEndTest {
    private static final String YAML = "max_batch_size: 8\n";

    private final Path folder;

    RepositoryEndToEndTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @Test
    void brokenChallengersAreRefusedWithTheirReasonsAndTouchNothing() throws Exception {
        Map<String, String> reasonByFile = Map.of("garbage", "not", "truncated", "e",
                "wrong-input", "input 'image': the champion takes FP32[-1,64], it takes only FP32[-1,63]",
                "wrong-datatype", "input 'image': the champion takes FP32[-1,64], it takes only FP64[-1,64]",
                "wrong-output", "it has no output 'probabilities' to compare with",
                "nine-classes", "output 'probabilities': the champion gives FP32[-1,10], it gives FP32[-1,9]",
                "fails-to-load", "ONNX Runtime cannot load it", "crashes", "it crashed the probation process");
        try (EngineHarness harness = new EngineHarness(folder, YAML)) {
            List<String> before = harness.answers(10);
            for (String file : reasonByFile.keySet()) {
                harness.drop("broken/" + file + ".onnx", file + ".onnx");
            }
            for (Map.Entry<String, String> expected : reasonByFile.entrySet()) {
                String refusal = harness.awaitState(expected.getKey(), State.REFUSED).reason();
                assertTrue(refusal.contains(expected.getValue()), refusal);
                assertFalse(refusal.contains("/"), () -> "a path in: " + refusal);
                assertTrue(harness.engine().journal().flush());
                assertTrue(harness.engine().journal().events("digits", 100).stream()
                        .anyMatch(event -> event.detail().equals(refusal)), "the refusal is on record");
            }
            assertEquals(before, harness.answers(10));
            assertTrue(harness.engine().ready());
        }
    }

    @Test
    void whatIsRefusedForItsOutputsIsTriedAgainWhenTheyArePairedOtherwise() throws Exception {
        try (EngineHarness harness = new EngineHarness(folder, YAML)) {
            Path yaml = harness.repository.resolve("digits/model.yaml");
            harness.drop("better.onnx", "2.onnx");
            harness.drop("broken/wrong-output.onnx", "3.onnx");
            harness.awaitState("2", State.SHADOWING);
            harness.awaitState("3", State.REFUSED);
            Files.writeString(yaml, YAML + "output_mapping: {probabilities: scores}\n");
            harness.awaitState("3", State.SHADOWING);
            harness.awaitState("2", State.REFUSED);
            Files.writeString(yaml, YAML);
            harness.awaitState("2", State.SHADOWING);
            harness.awaitState("3", State.REFUSED);
        }
    }

    @Test
    void aComparatorOfAnOutputThatIsNotThereIsLoggedOnceAndStandsInTheStatus() throws Exception {
        String sentence = "comparators: the model has no output scores; it has probabilities";
        try (EngineHarness harness = new EngineHarness(folder, YAML + "comparators: {scores: identical}\n")) {
            assertEquals(List.of(sentence), harness.model().alerts());
            assertEquals(1, harness.log.stream().filter(event -> event.message().contains(sentence)).count());
            Files.writeString(harness.repository.resolve("digits/model.yaml"),
                    YAML + "comparators: {scores: identical}\nsampling: {rate: 0.5}\n");
            EngineHarness.await(() -> harness.model().sampleRate() == 0.5, () -> "not configured: " + harness.model());
            assertEquals(1, harness.log.stream().filter(event -> event.message().contains(sentence)).count(),
                    "no news");
        }
    }

    @Test
    void truncatingOrOverwritingAServedFileChangesNothing() throws Exception {
        try (EngineHarness harness = new EngineHarness(folder, YAML)) {
            List<String> before = harness.answers(20);
            Path champion = harness.repository.resolve("digits/1.onnx");
            Files.write(champion, new byte[0], StandardOpenOption.TRUNCATE_EXISTING);
            assertEquals(before, harness.answers(20));
            Files.write(champion, new byte[10_000], StandardOpenOption.TRUNCATE_EXISTING);
            assertEquals(before, harness.answers(20));
            EngineHarness.await(() -> harness.challenger("1").filter(c -> c.state() == State.REFUSED).isPresent(),
                    () -> "the zeros were not looked at: " + harness.model());
            assertEquals(before, harness.answers(20));
        }
    }

    @Test
    void aChallengerThatFailsARecordedRequestIsRefusedBeforeItIsMirroredTo() throws Exception {
        try (EngineHarness harness = new EngineHarness(folder, YAML)) {
            harness.drop("better.onnx", "2.onnx");
            harness.awaitState("2", State.SHADOWING);
            harness.answers(40);
            harness.awaitDrained("2", 40);
            assertTrue(harness.engine().journal().flush());
            harness.drop("faulty/throws.onnx", "3.onnx");
            String reason = harness.awaitState("3", State.REFUSED).reason();
            assertTrue(reason.startsWith("it failed on a recorded request"), reason);
            harness.drop("broken/wrong-input.onnx", "4.onnx");
            String better = harness.awaitState("4", State.REFUSED).reason();
            assertTrue(better.startsWith("input 'image': the champion takes"), better);
        }
    }

    @Test
    void manyModelsAreServedFromOneRepository() throws Exception {
        List<String> names = new ArrayList<>();
        Path repository = folder.resolve("repository");
        for (int i = 0; i < 24; i++) {
            names.add("m" + i);
            Files.createDirectories(repository.resolve("m" + i + "/1"));
            Files.write(repository.resolve("m" + i + "/1/model.onnx"), SyntheticModels.mlp(8 + i, 1));
        }
        Files.createDirectories(repository.resolve("bad"));
        Files.writeString(repository.resolve("bad/1.onnx"), "not a model");
        try (EngineHarness harness = new EngineHarness(folder, YAML)) {
            for (String name : names) {
                assertTrue(harness.engine().lookup(name, null) instanceof ModelLookup.Serving, name);
            }
            assertTrue(harness.engine().lookup("bad", null) instanceof ModelLookup.Refused);
            assertTrue(harness.engine().ready(), "a model without a champion does not count");
        }
    }

    @Test
    void theStateFolderIsLockedAndMustLieOutside() throws Exception {
        try (EngineHarness harness = new EngineHarness(folder, YAML)) {
            EngineStartException locked = assertThrows(EngineStartException.class,
                    () -> Engine.start(harness.engine().config()));
            assertTrue(String.valueOf(locked.getMessage()).contains("in use"), locked.getMessage());
            assertEquals(EngineStartException.Kind.STATE, locked.kind());
            EngineConfig inside = new EngineConfig(harness.repository, harness.repository.resolve("state"),
                    Limits.DEFAULT, event -> {});
            assertThrows(EngineStartException.class, () -> Engine.start(inside));
        }
    }

    @Test
    void anEmptyRepositoryIsRefusedWithWhatToDo() throws Exception {
        Path empty = Files.createDirectories(folder.resolve("empty"));
        EngineStartException refusal = assertThrows(EngineStartException.class, () -> Engine
                .start(new EngineConfig(empty, folder.resolve("s"), Limits.DEFAULT, event -> {})));
        assertTrue(String.valueOf(refusal.getMessage()).contains("holds no model"), refusal.getMessage());
        assertEquals(EngineStartException.Kind.REPOSITORY, refusal.kind());
        try (EngineHarness harness = new EngineHarness(folder, YAML)) {
            assertTrue(harness.engine().ready(), "and nothing was left locked");
        }
    }

    @Test
    void stoppingLeavesNoThreadAndNoProbationProcess() throws Exception {
        long childrenBefore = ProcessHandle.current().children().count();
        try (EngineHarness harness = new EngineHarness(folder, YAML)) {
            harness.drop("better.onnx", "2.onnx");
            harness.awaitState("2", State.SHADOWING);
            harness.answers(10);
        }
        EngineHarness.await(() -> ProcessHandle.current().children().count() <= childrenBefore,
                () -> "a child is left");
        EngineHarness.await(() -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().startsWith("understudy-")),
                () -> Arrays.toString(Thread.getAllStackTraces().keySet().toArray()));
    }

    @Test
    void aFileThatComesBackGoesOnWithItsRecordUnderOneEntry() throws Exception {
        try (EngineHarness harness = new EngineHarness(folder, YAML)) {
            harness.drop("equal.onnx", "2.onnx");
            harness.awaitState("2", State.SHADOWING);
            harness.answers(10);
            harness.awaitDrained("2", 10);
            Files.delete(harness.repository.resolve("digits/2.onnx"));
            harness.awaitState("2", State.RETIRED);
            harness.drop("equal.onnx", "2.onnx");
            harness.awaitState("2", State.SHADOWING);
            assertEquals(1, harness.model().challengers().size(), "one entry for one name and bytes");
            harness.answers(10);
            assertEquals(20, harness.awaitDrained("2", 20).compared());
            harness.restart();
            assertEquals(20, harness.awaitState("2", State.SHADOWING).ledger().compared());
        }
    }

    @Test
    void theSameBytesUnderASecondNameAreRefused() throws Exception {
        try (EngineHarness harness = new EngineHarness(folder, YAML)) {
            harness.drop("equal.onnx", "2.onnx");
            harness.awaitState("2", State.SHADOWING);
            harness.drop("equal.onnx", "3.onnx");
            assertEquals("it has the same bytes as version 2", harness.awaitState("3", State.REFUSED).reason());
        }
    }

    @Test
    void bytesThatWereRefusedUnderOneNameOrRehearsedUnderItTakeTheirTurnUnderAnother() throws Exception {
        try (EngineHarness harness = new EngineHarness(folder, YAML)) {
            harness.drop("equal.onnx", "2 of them.onnx");
            EngineHarness.await(() -> harness.model().challengers().stream().anyMatch(c -> c.state() == State.REFUSED),
                    () -> "its name was taken: " + harness.model());
            harness.drop("equal.onnx", "2.onnx");
            harness.awaitState("2", State.SHADOWING);
            harness.drop("equal.onnx", "3.onnx");
            harness.awaitState("3", State.REFUSED);
            Files.delete(harness.repository.resolve("digits/2.onnx"));
            harness.awaitState("3", State.SHADOWING);
        }
    }

    @Test
    void aModelWhoseOnlyVersionIsGarbageSaysWhyItIsNotReady() throws Exception {
        Path bad = Files.createDirectories(folder.resolve("repository/bad"));
        Files.writeString(bad.resolve("1.onnx"), "not a model");
        try (EngineHarness harness = new EngineHarness(folder, YAML)) {
            ModelLookup.Refused refused = assertInstanceOf(ModelLookup.Refused.class,
                    harness.engine().lookup("bad", null));
            assertTrue(refused.failure().message().contains("version 1 cannot be champion"),
                    refused.failure().message());
        }
    }

    @Test
    void whatCannotBeTakenIsAnAlertOfItsModelAndWhatBelongsToNoneStandsApartUntilItGoes() throws Exception {
        try (EngineHarness harness = new EngineHarness(folder, YAML)) {
            Path unreadable = Files.createSymbolicLink(harness.repository.resolve("digits/7.onnx"),
                    Path.of("/proc/self/mem"));
            EngineHarness.await(() -> !harness.model().alerts().isEmpty(), () -> "no alert: " + harness.log);
            String alert = harness.model().alerts().getFirst();
            assertTrue(alert.startsWith("digits/7 is not taken yet: it cannot be read: "), alert);
            assertEquals(List.of(), harness.engine().alerts());
            Path stray = Files.writeString(harness.repository.resolve("stray.onnx"), "x");
            EngineHarness.await(() -> !harness.engine().alerts().isEmpty(), () -> "no alert: " + harness.log);
            assertEquals(List.of("the file stray.onnx lies outside of any model's folder; put it into a folder with the"
                    + " model's name"), harness.engine().alerts());
            assertEquals(List.of(alert), harness.model().alerts());
            Files.delete(unreadable);
            Files.delete(stray);
            EngineHarness.await(() -> harness.model().alerts().isEmpty() && harness.engine().alerts().isEmpty(),
                    () -> "still " + harness.model().alerts() + harness.engine().alerts());
        }
    }

    @Test
    void aModelWhoseOnlyVersionCannotBeReadTellsItsClientsSo() throws Exception {
        Path bad = Files.createDirectories(folder.resolve("repository/bad"));
        Files.createSymbolicLink(bad.resolve("1.onnx"), Path.of("1.onnx"));
        try (EngineHarness harness = new EngineHarness(folder, YAML)) {
            ModelLookup.Refused refused = assertInstanceOf(ModelLookup.Refused.class,
                    harness.engine().lookup("bad", null));
            assertTrue(refused.failure().message().startsWith("model 'bad' is not ready: bad/1.onnx cannot be read: "),
                    refused.failure().message());
        }
    }

    @Test
    void aConfigurationThatCannotBeUsedIsAnAlertUntilItIsTakenBack() throws Exception {
        String usable = "max_batch_size: 1\n";
        try (EngineHarness harness = new EngineHarness(folder, usable)) {
            Path config = harness.repository.resolve("digits/model.yaml");
            Files.writeString(config, usable + "\ninstances: 2\n");
            EngineHarness.await(() -> !harness.model().alerts().isEmpty(), () -> "no alert");
            String alert = harness.model().alerts().getFirst();
            assertTrue(alert.startsWith("model.yaml: line 3: "), alert);
            Files.writeString(config, usable);
            EngineHarness.await(() -> harness.model().alerts().isEmpty(), () -> "still " + harness.model().alerts());
        }
    }
}
