package dev.understudy.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.verdict.Agreement;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class JournalProcessTest {
    private final Path root;

    JournalProcessTest(@TempDir Path root) {
        this.root = root;
    }

    @Test
    void killedProcessLosesNothingAtOrBeforeTheLastCommittedPosition() throws Exception {
        Path directory = root.resolve("journal");
        Path temporary = Files.createDirectory(root.resolve("tmp"));
        long sequence = 0;
        for (long target : new long[]{200, 900}) {
            long last = killAfter(directory, temporary, target);
            assertTrue(last >= target);
            try (Journal journal = Journal.open(directory, JournalLimits.DEFAULTS)) {
                Position position = journal.committed();
                assertTrue(position.sequence() >= last, position + " last=" + last);
                sequence = position.sequence();
                List<StoredComparison> raw = journal.comparisons(Samples.PAIR, Order.NEWEST, 100_000, null);
                assertEquals(sequence, raw.size());
                assertEquals(sequence, raw.getFirst().sequence());
                assertEquals(1, raw.getLast().sequence());
                Agreement recounted = new Agreement(raw.size(),
                        raw.stream().filter(stored -> stored.comparison().difference().agrees()).count());
                assertEquals(recounted, journal.evaluation(Samples.PAIR).orElseThrow().agreement());
                for (CaptureSummary summary : Samples.captures(journal, Samples.PAIR)) {
                    assertEquals(1, journal.capture(Samples.PAIR, summary.requestId()).orElseThrow().inputs().size());
                }
            }
        }
        try (Stream<Path> left = Files.list(temporary)) {
            assertEquals(List.of(), left.filter(file -> file.toString().contains("duckdb")).toList());
        }
    }

    private static long killAfter(Path directory, Path temporary, long target) throws Exception {
        Process child = JournalChild.start(directory, temporary);
        try (BufferedReader lines = child.inputReader(StandardCharsets.UTF_8)) {
            long last = 0;
            while (last < target) {
                last = position(lines);
            }
            child.toHandle().destroyForcibly();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                last = Long.parseLong(line);
            }
            return last;
        } finally {
            child.destroyForcibly().waitFor();
        }
    }

    private static long position(BufferedReader lines) throws IOException {
        String line = lines.readLine();
        assertNotNull(line, "the child ended");
        return Long.parseLong(line);
    }

    @Test
    void journalOfAnotherProcessIsRefusedAndNamesIt() throws Exception {
        Path directory = root.resolve("journal");
        Process child = JournalChild.start(directory, root);
        try (BufferedReader lines = child.inputReader(StandardCharsets.UTF_8)) {
            position(lines);
            try (Journal journal = Journal.open(directory, JournalLimits.DEFAULTS)) {
                String why = journal.failure().orElse("it works");
                assertTrue(why.startsWith("the journal is in use by another process (process " + child.pid() + ")"),
                        why);
            }
        } finally {
            child.destroyForcibly().waitFor();
        }
    }

    @Test
    void libraryThatCannotBeUnpackedKeepsNobodyFromOpeningAJournal() throws Exception {
        Path directory = root.resolve("journal");
        Process child = JournalChild.start(directory, Files.createFile(root.resolve("file")));
        try (BufferedReader lines = child.inputReader(StandardCharsets.UTF_8)) {
            String why = lines.readLine();
            assertNotNull(why, "the child ended");
            assertTrue(why.startsWith("the database's native library cannot be unpacked or loaded"), why);
            assertFalse(why.contains(root.toString()), why);
            assertEquals(0, child.waitFor());
        } finally {
            child.destroyForcibly().waitFor();
        }
        try (Stream<Path> made = Files.list(directory)) {
            assertEquals(List.of(), made.toList());
        }
    }
}
