package dev.understudy.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.engine.EngineConfig.Level;
import dev.understudy.engine.EngineConfig.LogEvent;
import dev.understudy.engine.ModelStatus.Challenger;
import dev.understudy.engine.ModelStatus.State;
import dev.understudy.verdict.LedgerCounts;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What becomes of the record when it is damaged, not read yet, or another version's of the same bytes.
class KeptRecordTest {
    private static final String UNBATCHED = "max_batch_size: 1\ncomparators:\n  probabilities: same_top_answer\n";
    private static final int REQUESTS = 20;

    private final Path folder;

    KeptRecordTest(@TempDir Path folder) {
        this.folder = folder;
    }

    private static void rehearse(EngineHarness harness) throws Exception {
        harness.drop("equal.onnx", "2.onnx");
        harness.awaitState("2", State.SHADOWING);
        harness.answers(REQUESTS);
        harness.awaitDrained("2", REQUESTS);
    }

    private static long sampledOverAll(EngineHarness harness) {
        return harness.model().challengers().stream().mapToLong(each -> each.ledger().sampled()).sum();
    }

    @Test
    void aDamagedJournalKeepsNoChampionFromServingAndIsNotTouched() throws Exception {
        try (EngineHarness harness = new EngineHarness(folder, UNBATCHED)) {
            List<String> answers = harness.answers(REQUESTS);
            rehearse(harness);
            String champion = harness.model().champion().orElseThrow().sha256();
            harness.engine().close();
            Path file = harness.state.resolve("journal/journal.duckdb");
            byte[] whole = Files.readAllBytes(file);
            byte[] damaged = Arrays.copyOf(whole, whole.length / 2);
            Files.write(file, damaged);
            harness.log.clear();

            harness.restart();
            assertEquals(answers, harness.answers(REQUESTS));
            assertEquals(champion, harness.model().champion().orElseThrow().sha256(),
                    "roles are no part of the journal");
            String why = harness.engine().journal().failure().orElseThrow();
            assertTrue(why.startsWith("journal.duckdb is damaged or not a journal: move it"), why);
            assertTrue(harness.engine().alerts().stream().anyMatch(each -> each.startsWith("degraded: ")
                    && each.contains(why)), harness.engine().alerts()::toString);
            List<LogEvent> told = harness.log.stream().filter(each -> each.message().contains(why)).toList();
            assertEquals(List.of(Level.ERROR), told.stream().map(LogEvent::level).toList(), harness.log::toString);
            harness.awaitState("2", State.SHADOWING);
            harness.answers(REQUESTS);
            LedgerCounts counts = harness.awaitDrained("2", REQUESTS);
            assertEquals(REQUESTS, counts.compared(), "challengers are compared as before, and nothing is kept of it");
            assertTrue(harness.engine().journal().lostRows() >= REQUESTS);
            harness.engine().close();
            assertArrayEquals(damaged, Files.readAllBytes(file));

            Files.write(file, whole);
            harness.restart();
            assertEquals(List.of(), harness.engine().alerts());
            assertEquals(REQUESTS, harness.awaitState("2", State.SHADOWING).ledger().sampled());
        }
    }

    @Test
    void theAccountOnRecordIsListedFromTheFirstLookOn() throws Exception {
        try (EngineHarness harness = new EngineHarness(folder, UNBATCHED)) {
            rehearse(harness);
            Challenger before = harness.challenger("2").orElseThrow();
            harness.restart();
            EngineHarness.await(() -> {
                Challenger seen = harness.challenger("2").orElseThrow();
                assertEquals(before.ledger(), seen.ledger(), seen::toString);
                assertEquals(before.agreement(), seen.agreement(), seen::toString);
                assertNotEquals(State.REFUSED, seen.state(), seen::toString);
                return seen.state() == State.SHADOWING;
            }, () -> "it does not come back: " + harness.model());
        }
    }

    @Test
    void aFileThatComesBackIsListedWithItsAccountWhileItIsOnProbation() throws Exception {
        try (EngineHarness harness = new EngineHarness(folder, UNBATCHED)) {
            rehearse(harness);
            Path file = harness.repository.resolve("digits/2.onnx");
            Files.move(file, folder.resolve("away"));
            harness.awaitState("2", State.RETIRED);
            Files.move(folder.resolve("away"), file);
            EngineHarness.await(() -> {
                assertEquals(REQUESTS, sampledOverAll(harness), () -> harness.model().toString());
                return harness.challenger("2").orElseThrow().state() == State.SHADOWING;
            }, () -> "it does not come back: " + harness.model());
        }
    }

    @Test
    void anAccountIsListedWithOneVersionOfItsBytesWhateverTheirNames() throws Exception {
        try (EngineHarness harness = new EngineHarness(folder, UNBATCHED)) {
            rehearse(harness);
            Path digits = harness.repository.resolve("digits");
            Files.move(digits.resolve("2.onnx"), digits.resolve("3.onnx"));
            EngineHarness.await(() -> {
                assertEquals(REQUESTS, sampledOverAll(harness), () -> harness.model().toString());
                return harness.challenger("3").filter(each -> each.state() == State.SHADOWING).isPresent();
            }, () -> "it does not rehearse: " + harness.model());
            assertEquals(REQUESTS, harness.challenger("3").orElseThrow().ledger().sampled());

            Files.copy(digits.resolve("3.onnx"), digits.resolve("4.onnx"));
            Challenger copy = harness.awaitState("4", State.REFUSED);
            assertTrue(copy.reason().startsWith("it has the same bytes as version 3"), copy.reason());
            assertEquals(REQUESTS, sampledOverAll(harness), () -> harness.model().toString());

            harness.answers(REQUESTS);
            harness.awaitDrained("3", 2 * REQUESTS);
            Files.delete(digits.resolve("3.onnx"));
            harness.awaitState("4", State.SHADOWING);
            assertEquals(2 * REQUESTS, harness.challenger("4").orElseThrow().ledger().sampled());
            assertEquals(2 * REQUESTS, sampledOverAll(harness), () -> harness.model().toString());
        }
    }

    private static List<String> listed(EngineHarness harness) {
        return harness.model().challengers().stream().map(each -> each.version() + " " + each.state() + " "
                + each.ledger().sampled()).toList();
    }

    @Test
    void aFolderOfARunningFilesNameDisplacesNobodyAndIsRefusedAloud() throws Exception {
        try (EngineHarness harness = new EngineHarness(folder, UNBATCHED)) {
            rehearse(harness);
            Path digits = harness.repository.resolve("digits");
            Files.createDirectory(digits.resolve("2"));
            harness.drop("better.onnx", "2/model.onnx");
            EngineHarness.await(() -> listed(harness).equals(List.of("2 SHADOWING 20", "2 REFUSED 0")),
                    () -> harness.model().toString());
            assertTrue(
                    harness.model().challengers().getLast().reason().startsWith("the folder 2 stands beside the file"),
                    harness.model()::toString);
            assertTrue(harness.log.stream().anyMatch(each -> each.level() == Level.WARN
                    && each.message().contains("the folder 2 stands beside the file 2.onnx")), harness.log::toString);

            Files.copy(digits.resolve("2.onnx"), digits.resolve("2/model.onnx"), StandardCopyOption.REPLACE_EXISTING);
            EngineHarness.await(() -> listed(harness).equals(List.of("2 SHADOWING 20")),
                    () -> harness.model().toString());
            Files.delete(digits.resolve("2/model.onnx"));
            Files.delete(digits.resolve("2"));
            harness.drop("better.onnx", "3.onnx");
            harness.awaitState("3", State.SHADOWING);
            assertEquals(List.of("2 SHADOWING 20", "3 SHADOWING 0"), listed(harness));
        }
    }
}
