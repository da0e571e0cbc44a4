package dev.understudy.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.understudy.diff.Comparators;
import dev.understudy.verdict.Criteria;
import dev.understudy.verdict.CriterionResult;
import dev.understudy.verdict.LedgerCounts;
import dev.understudy.verdict.Pair;
import dev.understudy.verdict.Task;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Journals that earlier schema versions wrote.
class JournalMigrationTest {
    private final Path directory;
    private final JournalFile database;

    JournalMigrationTest(@TempDir Path directory) {
        this.directory = directory;
        database = new JournalFile(directory);
    }

    @Test
    void aFileOfTheVersionBeforeGoesOnWithItsRecord() throws Exception {
        try (Journal journal = Journal.open(directory, JournalLimits.DEFAULTS)) {
            journal.append(Samples.bare("r", 2));
        }
        for (String table : List.of("evidence", "predictions", "labels", "feedback")) {
            database.sql("DROP TABLE " + table);
        }
        database.sql("DROP VIEW comparison_outputs");
        database.sql("ALTER TABLE captures DROP COLUMN draw");
        for (String column : List.of("comparators", "output_mapping", "criteria", "task", "resumed_at")) {
            database.sql("ALTER TABLE evaluations DROP COLUMN " + column);
        }
        database.sql("UPDATE journal SET schema_version = 3");
        try (Journal journal = Journal.open(directory, JournalLimits.DEFAULTS)) {
            assertEquals(1, journal.comparisons(Samples.PAIR, Order.NEWEST, 10, null).size());
            assertEquals(0, journal.verdict(Samples.PAIR, LedgerCounts.ZERO, 1).orElseThrow().criteria().getFirst()
                    .samples());
            assertEquals(1, journal.feedback("digits", List.of(new Label("r", List.of("1")))).unknown());
        }
    }

    @Test
    void answersHeldBeforeRunsCutShortWereToldApartStillMeetTheirLabel() throws Exception {
        try (Journal journal = Journal.open(directory, JournalLimits.DEFAULTS)) {
            journal.begin(Samples.PAIR, Samples.NOON, new Terms(Comparators.DEFAULT, Map.of(),
                    Criteria.parse("promote_when: [accuracy: {at_least: 10%}]"),
                    Optional.of(new Task(Task.Type.CLASSIFICATION, "out", List.of()))));
            Prediction one = new Prediction(List.of("1"), List.of());
            journal.append(Samples.PAIR, Samples.NOON, new Seen(List.of(), new Answers("r", null, one, one, false)));
        }
        database.sql("ALTER TABLE predictions DROP COLUMN cut_short");
        database.sql("ALTER TABLE captures DROP COLUMN draw");
        database.sql("UPDATE journal SET schema_version = 4");
        // As labels of requests without a segment were kept, two classes in a minute.
        database.sql("INSERT INTO evidence SELECT 1, 0, 'accuracy: {at_least: 10%}', segment, 3, 0, 1, 0, NULL"
                + " FROM (VALUES ('label=1'), ('label=2'), ('EU')) v(segment)");
        try (Journal journal = Journal.open(directory, JournalLimits.DEFAULTS)) {
            assertEquals(1, journal.feedback("digits", List.of(new Label("r", List.of("1")))).joined());
            CriterionResult accuracy = journal.verdict(Samples.PAIR, LedgerCounts.ZERO, 1).orElseThrow().criteria()
                    .getFirst();
            assertEquals(13, accuracy.samples());
            assertEquals(10. / 13, accuracy.estimate());
        }
    }

    @Test
    void aSampleWithoutDrawsGoesOnUnlessItsBytesHadBeenReached() throws Exception {
        JournalLimits limits = Samples.QUICK.withCaptures(new JournalLimits.Captures(1, 10, 1 << 20, 16, 60_000, 1));
        try (Journal journal = Journal.open(directory, limits)) {
            for (Pair pair : List.of(Samples.PAIR, Samples.OTHER)) {
                for (int i = 0; i < 20; i++) {
                    journal.append(Samples.capture(Samples.comparison(pair, "r-" + i, null, Samples.NOON, 0), i));
                }
            }
        }
        database.sql(
                "UPDATE captures SET slot = k.place FROM (SELECT sequence, row_number() OVER (PARTITION BY evaluation"
                        + " ORDER BY sequence) - 1 AS place FROM captures) k WHERE captures.sequence = k.sequence");
        database.sql("UPDATE captures SET slot = slot + 1 WHERE evaluation = 2");
        database.sql("ALTER TABLE captures DROP COLUMN draw");
        database.sql("UPDATE journal SET schema_version = 5");
        try (Journal journal = Journal.open(directory, limits)) {
            assertEquals(10, Samples.captures(journal, Samples.PAIR).size());
            assertEquals(List.of(), Samples.captures(journal, Samples.OTHER));
            for (int i = 20; i < 40; i++) {
                journal.append(Samples.capture(Samples.comparison("r-" + i, 0), i));
            }
        }
        assertEquals(10, database.count("SELECT count(DISTINCT draw) FROM captures WHERE draw > 0 AND draw <= 0.5"),
                "10 of 20 are those whose draws are below a half");
    }
}
