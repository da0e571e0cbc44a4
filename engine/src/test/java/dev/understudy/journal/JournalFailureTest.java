package dev.understudy.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.tensor.DataType;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.Tensor;
import dev.understudy.verdict.LedgerCounts;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalFailureTest {
    private final Path directory;

    JournalFailureTest(@TempDir Path directory) {
        this.directory = directory;
    }

    /// Runs a statement on the database the journal of this process has open.
    private void meddle(JournalDatabase database, String sql) throws SQLException {
        try (Connection connection = database.duplicate(); Statement statement = connection.createStatement()) {
            connection.setAutoCommit(true);
            statement.execute(sql);
        }
    }

    @Test
    void rowsOfAFailingWriterWaitOrAreCountedAsLostAndCommitAfterRecoveryOnceEach() throws Exception {
        try (Journal journal = Journal.open(directory, Samples.limits(50, 10))) {
            meddle(journal.database(), "ALTER TABLE comparisons RENAME TO hidden");
            journal.append(Samples.bare("first", 0));
            assertFalse(journal.flush());
            assertTrue(journal.failure().orElseThrow().contains("comparisons"), journal.failure().toString());
            for (int i = 0; i < 500; i++) {
                journal.append(Samples.bare("r-" + i, 0));
            }
            JournalCounts failing = journal.counts();
            assertEquals(501, failing.appended());
            assertEquals(0, failing.committed());
            assertTrue(failing.lost() >= 400, failing.toString());
            meddle(journal.database(), "ALTER TABLE hidden RENAME TO comparisons");
            awaitRecovery(journal);
            JournalCounts well = journal.counts();
            assertEquals(0, well.pending());
            assertEquals(well.committed(), journal.committed().sequence());
            assertEquals(well.committed(), journal.comparisons(Samples.PAIR, Order.NEWEST, 1000, null).size());
            assertEquals(well.committed(), journal.evaluation(Samples.PAIR).orElseThrow().agreement().compared());
            assertTrue(journal.failure().isEmpty());
        }
    }

    private static void awaitRecovery(Journal journal) throws InterruptedException {
        while (!journal.flush()) {
            Thread.onSpinWait();
        }
    }

    @Test
    void oneRowThatCannotBeWrittenIsGivenUpAndTheRestOfItsBatchIsKept() throws Exception {
        try (Journal journal = Journal.open(directory, Samples.QUICK)) {
            for (int i = 0; i < 20; i++) {
                journal.append(Samples.bare("r-" + i, 0));
                if (i == 7) {
                    assertTrue(journal.append(unreadable()));
                }
            }
            awaitRecovery(journal);
            assertEquals(new JournalCounts(21, 20, 1, 0), journal.counts());
            assertEquals(1, journal.lostRows());
            assertEquals(20, journal.comparisons(Samples.PAIR, Order.NEWEST, 100, null).size());
            assertTrue(journal.capture(Samples.PAIR, "poison").isEmpty());
        }
    }

    private static Capture unreadable() {
        try (Arena arena = Arena.ofConfined()) {
            Tensor tensor = new Tensor("x", DataType.UINT8, Shape.of(4), arena.allocate(4));
            return new Capture(Samples.comparison("poison", 5), List.of(tensor), List.of(), List.of());
        }
    }

    @Test
    void databaseThatRefusesEverythingIsOpenedAgain() throws Exception {
        try (Journal journal = Journal.open(directory, Samples.QUICK)) {
            journal.append(Samples.bare("before", 0));
            assertTrue(journal.flush());
            journal.database().connection().close();
            journal.append(Samples.bare("after", 0));
            awaitRecovery(journal);
            assertEquals(new JournalCounts(2, 2, 0, 0), journal.counts());
            assertEquals(2, journal.comparisons(Samples.PAIR, Order.NEWEST, 10, null).size());
        }
    }

    @Test
    void closingAFailingJournalEndsAndCountsWhatIsLost() throws Exception {
        Journal journal = Journal.open(directory, Samples.QUICK);
        meddle(journal.database(), "DROP TABLE minutes");
        for (int i = 0; i < 100; i++) {
            journal.append(Samples.bare("r-" + i, 0));
        }
        journal.close();
        assertEquals(new JournalCounts(100, 0, 100, 0), journal.counts());
    }

    @Test
    void ledgerNeverReachesTheDiskWithoutTheRowsBeforeIt() throws Exception {
        try (Journal journal = Journal.open(directory, Samples.QUICK)) {
            meddle(journal.database(), "ALTER TABLE minutes RENAME TO hidden");
            journal.append(Samples.bare("r", 0));
            journal.saveLedger(Samples.PAIR, LedgerCounts.ZERO);
            assertFalse(journal.flush());
            assertTrue(journal.evaluation(Samples.OTHER).isEmpty());
            meddle(journal.database(), "ALTER TABLE hidden RENAME TO minutes");
            awaitRecovery(journal);
            assertEquals(1, journal.evaluation(Samples.PAIR).orElseThrow().agreement().compared());
        }
    }
}
