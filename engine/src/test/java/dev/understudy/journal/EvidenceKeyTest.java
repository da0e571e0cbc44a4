package dev.understudy.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.verdict.Agreement;
import dev.understudy.verdict.LedgerCounts;
import dev.understudy.verdict.Pair;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvidenceKeyTest {
    private final Path directory;

    EvidenceKeyTest(@TempDir Path directory) {
        this.directory = directory;
    }

    @Test
    void theSameFilesInTwoModelsAndUnderTwoSetsOfRulesShareNothing() throws Exception {
        Pair digits = Samples.PAIR;
        Pair letters = new Pair("letters", digits.champion(), digits.challenger(), digits.rules());
        Pair stricter = new Pair("digits", digits.champion(), digits.challenger(), "fedcba9876543210");
        LedgerCounts counts = new LedgerCounts(9, 3, 3, Map.of(), Map.of(), 0);
        Path export = directory.resolve("one.parquet");
        try (Journal journal = Journal.open(directory, Samples.QUICK)) {
            journal.append(Samples.capture(Samples.comparison(digits, "r", null, Samples.NOON, 2), 1));
            journal.append(Samples.capture(Samples.comparison(letters, "r", null, Samples.NOON, 0), 2, 3));
            journal.append(Samples.bare(letters, "s", null, Samples.NOON, 0));
            journal.saveLedger(letters, counts);
            assertTrue(journal.flush());
            assertTrue(journal.evaluation(stricter).isEmpty(), "changed rules begin with nothing");
            journal.append(Samples.bare(stricter, "r", null, Samples.NOON, 5));
            assertTrue(journal.flush());
        }
        try (Journal journal = Journal.open(directory, Samples.QUICK)) {
            assertEquals(new Agreement(1, 0), journal.evaluation(digits).orElseThrow().agreement());
            assertEquals(new Agreement(2, 2), journal.evaluation(letters).orElseThrow().agreement());
            assertEquals(new Agreement(1, 0), journal.evaluation(stricter).orElseThrow().agreement());
            assertEquals(LedgerCounts.ZERO.broughtUpTo(1), journal.evaluation(digits).orElseThrow().ledger());
            assertEquals(counts, journal.evaluation(letters).orElseThrow().ledger());
            assertEquals(2, journal.comparisons(letters, Order.NEWEST, 10, null).size());
            assertEquals(digits,
                    journal.comparisons(digits, Order.NEWEST, 10, null).getFirst().comparison().pair());
            assertEquals(1, journal.capture(digits, "r").orElseThrow().inputs().getFirst().shape().elements());
            assertEquals(2, journal.capture(letters, "r").orElseThrow().inputs().getFirst().shape().elements());
            assertEquals(2, journal.recordedInputs("letters", 5).size());
            journal.exportComparisons(letters, export);
            journal.append(Samples.bare(digits, "t", null, Samples.NOON, 0));
            assertTrue(journal.flush());
            assertEquals(new Agreement(2, 1), journal.evaluation(digits).orElseThrow().agreement());
        }
        try (Connection plain = DriverManager.getConnection("jdbc:duckdb:"); Statement read = plain.createStatement()) {
            assertEquals(2, count(read, "SELECT count(*) FROM '" + export + "' WHERE model = 'letters'"));
            assertEquals(2, count(read, "SELECT count(*) FROM '" + export + "'"));
        }
    }

    @Test
    void everyFileWithEvidenceIsNamedOnce() throws Exception {
        Pair letters = new Pair("letters", Samples.PAIR.champion(), "e".repeat(64), "0123456789abcdef");
        try (Journal journal = Journal.open(directory, Samples.QUICK)) {
            assertEquals(Set.of(), journal.sha256WithEvidence());
            journal.append(Samples.bare("r", 0));
            journal.saveLedger(letters, LedgerCounts.ZERO);
            assertTrue(journal.flush());
            assertEquals(Set.of("a".repeat(64), "c".repeat(64), "e".repeat(64)), journal.sha256WithEvidence());
        }
    }

    private static long count(Statement statement, String query) throws SQLException {
        try (ResultSet row = statement.executeQuery(query)) {
            assertTrue(row.next());
            return row.getLong(1);
        }
    }
}
