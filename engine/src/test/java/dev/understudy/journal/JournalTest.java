package dev.understudy.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.verdict.Agreement;
import dev.understudy.verdict.FailureReason;
import dev.understudy.verdict.LedgerCounts;
import dev.understudy.verdict.MinuteCounts;
import dev.understudy.verdict.Pair;
import dev.understudy.verdict.ShedReason;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {
    private final Path directory;

    JournalTest(@TempDir Path directory) {
        this.directory = directory;
    }

    @Test
    void comparisonReadsBackAsItWasAppendedNonFiniteNumbersIncluded() throws Exception {
        Comparison awkward = Samples.comparison(Samples.PAIR, "r-1", "s\u00e9g", Samples.NOON + 1,
                Samples.awkwardOutputs());
        Comparison bare = Samples.comparison(Samples.PAIR, "r-2", null, Samples.NOON, List.of());
        try (Journal journal = Journal.open(directory, Samples.QUICK)) {
            assertTrue(journal.append(Samples.bare(awkward)));
            assertTrue(journal.append(Samples.bare(bare)));
            assertTrue(journal.flush());
            assertEquals(new Position(2, journal.committed().timeMillis()), journal.committed());
        }
        try (Journal journal = Journal.open(directory, Samples.QUICK)) {
            List<StoredComparison> stored = journal.comparisons(Samples.PAIR, Order.NEWEST, 10, null);
            assertEquals(List.of(new StoredComparison(2, true, bare), new StoredComparison(1, true, awkward)),
                    stored);
        }
    }

    @Test
    void worstComesFirstDisagreementBeforeSeverityAndSegmentsAreSelected() throws Exception {
        try (Journal journal = Journal.open(directory, Samples.QUICK)) {
            journal.append(Samples.bare(Samples.PAIR, "slight", "a", Samples.NOON, 0.5));
            journal.append(Samples.bare(Samples.PAIR, "infinite", "b", Samples.NOON, Double.POSITIVE_INFINITY));
            journal.append(Samples.bare(Samples.PAIR, "bad", null, Samples.NOON, 3));
            journal.append(Samples.bare(Samples.PAIR, "equal", "a", Samples.NOON, 0));
            journal.append(Samples.bare(Samples.OTHER, "foreign", "a", Samples.NOON, 9));
            assertTrue(journal.flush());
            assertEquals(List.of("infinite", "bad", "slight", "equal"), ids(journal, Order.WORST, 10, null));
            assertEquals(List.of("infinite", "bad"), ids(journal, Order.WORST, 2, null));
            assertEquals(List.of("equal", "slight"), ids(journal, Order.NEWEST, 10, "a"));
            assertEquals(List.of("bad"), ids(journal, Order.NEWEST, 10, ""));
        }
    }

    private static List<String> ids(Journal journal, Order order, int limit, @Nullable String segment)
            throws JournalException {
        return journal.comparisons(Samples.PAIR, order, limit, segment).stream()
                .map(stored -> stored.comparison().requestId()).toList();
    }

    @Test
    void i6AgreementFromMinutesEqualsTheRecountOfRawComparisonsAndSurvivesReopening() throws Exception {
        Random random = new Random(20261122);
        String before;
        try (Journal journal = Journal.open(directory, Samples.QUICK)) {
            for (int i = 0; i < 5000; i++) {
                String segment = i % 3 == 0 ? null : "segment-" + i % 3;
                long timeMillis = Samples.NOON + random.nextLong(10 * 60_000);
                journal.append(Samples.bare(i % 2 == 0 ? Samples.PAIR : Samples.OTHER, "r-" + i, segment,
                        timeMillis, random.nextDouble() * 1.1));
            }
            assertTrue(journal.flush());
            Evaluation evaluation = journal.evaluation(Samples.PAIR).orElseThrow();
            List<StoredComparison> raw = journal.comparisons(Samples.PAIR, Order.NEWEST, 10_000, null);
            assertEquals(recount(raw), evaluation.agreement());
            assertEquals(2500, evaluation.agreement().compared());
            before = evaluation.agreement().rate() + " " + Samples.minutes(journal, Samples.PAIR);
        }
        try (Journal journal = Journal.open(directory, Samples.QUICK)) {
            assertEquals(before, journal.evaluation(Samples.PAIR).orElseThrow().agreement().rate() + " "
                    + Samples.minutes(journal, Samples.PAIR));
        }
    }

    private static Agreement recount(List<StoredComparison> raw) {
        return new Agreement(raw.size(),
                raw.stream().filter(stored -> stored.comparison().difference().agrees()).count());
    }

    @Test
    void minutesAddUpAcrossCommitsAndKeepSegmentsApart() throws Exception {
        try (Journal journal = Journal.open(directory, Samples.QUICK)) {
            for (double severity : new double[]{0, 2, 0.5}) {
                journal.append(Samples.bare(Samples.PAIR, "r", null, Samples.NOON + 59_999, severity));
                assertTrue(journal.flush());
            }
            journal.append(Samples.bare(Samples.PAIR, "r", "vip", Samples.NOON, 2));
            journal.append(Samples.bare(Samples.PAIR, "r", null, Samples.NOON + 60_000, 0));
            assertTrue(journal.flush());
            long minute = Samples.NOON / 60_000;
            assertEquals(List.of(new MinuteCounts(minute, "", 3, 2), new MinuteCounts(minute, "vip", 1, 0),
                    new MinuteCounts(minute + 1, "", 1, 1)), Samples.minutes(journal, Samples.PAIR));
        }
    }

    @Test
    void ledgerIsTheLastSavedAndAPairNeverRecordedHasNoEvaluation() throws Exception {
        LedgerCounts first = new LedgerCounts(100, 10, 4, Map.of(ShedReason.STALE, 3L), Map.of(FailureReason.RUN, 1L),
                2);
        LedgerCounts last = new LedgerCounts(200, 20, 18, Map.of(ShedReason.QUEUE_FULL, 2L), Map.of(), 0);
        try (Journal journal = Journal.open(directory, Samples.QUICK)) {
            journal.saveLedger(Samples.PAIR, first);
            assertTrue(journal.flush());
            assertEquals(first, journal.evaluation(Samples.PAIR).orElseThrow().ledger());
            journal.saveLedger(Samples.PAIR, LedgerCounts.ZERO);
            journal.saveLedger(Samples.PAIR, last);
            assertTrue(journal.flush());
        }
        try (Journal journal = Journal.open(directory, Samples.QUICK)) {
            Evaluation evaluation = journal.evaluation(Samples.PAIR).orElseThrow();
            assertEquals(last, evaluation.ledger());
            assertEquals(Agreement.NONE, evaluation.agreement());
            assertTrue(journal.evaluation(Samples.OTHER).isEmpty());
        }
    }

    @Test
    void invariantI3AnAccountOlderThanWhatWasComparedIsBroughtUpToIt() throws Exception {
        LedgerCounts saved = new LedgerCounts(7, 6, 1, Map.of(ShedReason.STALE, 2L), Map.of(), 3);
        try (Journal journal = Journal.open(directory, Samples.QUICK)) {
            journal.saveLedger(Samples.PAIR, saved);
            for (int i = 0; i < 6; i++) {
                journal.append(Samples.bare(Samples.PAIR, "r-" + i, null, Samples.NOON, 0));
            }
            assertTrue(journal.flush());
            LedgerCounts known = journal.evaluation(Samples.PAIR).orElseThrow().ledger();
            assertEquals(new LedgerCounts(9, 8, 6, Map.of(ShedReason.STALE, 2L), Map.of(), 0), known);
        }
    }

    @Test
    void eventsReadBackLatestFirstAndOfOneModel() throws Exception {
        JournalEvent loaded = new JournalEvent(Samples.NOON, JournalEvent.Kind.SHADOWING, "digits", "2", "e", "it's");
        JournalEvent refused = new JournalEvent(Samples.NOON, JournalEvent.Kind.REFUSED, "digits", "3", "f", "why");
        try (Journal journal = Journal.open(directory, Samples.QUICK)) {
            journal.append(loaded);
            journal.append(new JournalEvent(Samples.NOON, JournalEvent.Kind.ALERT, "other", "", "", "x"));
            journal.append(refused);
            assertTrue(journal.flush());
            assertEquals(List.of(refused, loaded), journal.events("digits", 10));
            assertEquals(List.of(refused), journal.events("digits", 1));
        }
    }

    @Test
    void closedFileIsReadableByPlainDuckDbAndTheExportIsAParquetOfItsOutputs() throws Exception {
        Path export = directory.resolve("it's.parquet");
        try (Journal journal = Journal.open(directory, Samples.QUICK)) {
            journal.append(Samples.bare(Samples.comparison(Samples.PAIR, "r-1", null, Samples.NOON,
                    Samples.awkwardOutputs())));
            journal.append(Samples.bare(Samples.comparison(Samples.PAIR, "r-2", null, Samples.NOON, List.of())));
            journal.append(Samples.bare(Samples.OTHER, "r-3", null, Samples.NOON, 1));
            assertTrue(journal.flush());
            journal.exportComparisons(Samples.PAIR, export);
            journal.exportComparisons(Samples.PAIR, export);
        }
        assertFalse(directory.resolve("journal.duckdb.wal").toFile().exists());
        JournalFile database = new JournalFile(directory);
        assertEquals(5, database.count("SELECT count(*) FROM comparison_outputs"));
        assertEquals(1, database.count("SELECT count(*) FROM comparison_outputs WHERE isnan(max_abs)"));
        assertEquals(4, database.count("SELECT count(*) FROM '" + export.toString().replace("'", "''") + "'"));
    }

    @Test
    void rawRowsAndEventsAreBoundedWhileMinutesAndCapturedComparisonsStay() throws Exception {
        JournalLimits limits = Samples.QUICK.withRetention(new JournalLimits.Retention(1000, 400, 10, 1000))
                .withCaptures(new JournalLimits.Captures(1, 1, 1 << 20, 16, 60_000, 1));
        Capture worst = Samples.capture(Samples.comparison("worst", 50), 1);
        try (Journal journal = Journal.open(directory, limits)) {
            journal.append(worst);
            for (int round = 0; round < 10; round++) {
                for (int i = 0; i < 300; i++) {
                    Pair pair = Samples.pair((char) ('0' + i % 5));
                    journal.append(Samples.bare(i % 3 == 0 ? Samples.PAIR : pair, "r", null, Samples.NOON, 0));
                    journal.append(new JournalEvent(Samples.NOON, JournalEvent.Kind.ALERT, "digits", "", "", "e" + i));
                }
                assertTrue(journal.flush());
            }
            assertTrue(journal.comparisons(Samples.PAIR, Order.NEWEST, 10_000, null).size() <= 400 / 2 + 2);
            assertEquals("worst",
                    journal.comparisons(Samples.PAIR, Order.WORST, 1, null).getFirst().comparison().requestId());
            assertEquals(worst.comparison(), journal.capture(Samples.PAIR, "worst").orElseThrow().comparison());
            assertEquals(1001, journal.evaluation(Samples.PAIR).orElseThrow().agreement().compared());
            assertEquals(10, journal.events("digits", 100).size());
        }
        JournalFile database = new JournalFile(directory);
        long rows = database.count(
                "SELECT (SELECT count(*) FROM comparisons) + (SELECT count(*) FROM output_differences)");
        assertTrue(rows <= 1000 + 2 * 7 && rows > 900, "rows=" + rows);
    }

    @Test
    void appendAfterCloseIsCountedAsLostAndReadsAreRefused() throws Exception {
        Journal journal = Journal.open(directory, Samples.QUICK);
        assertTrue(journal.append(Samples.bare("r-1", 0)));
        journal.close();
        journal.close();
        assertFalse(journal.append(Samples.bare("r-2", 0)));
        assertEquals(new JournalCounts(2, 1, 1, 0), journal.counts());
        assertThrows(JournalException.class, () -> journal.evaluation(Samples.PAIR));
    }
}
