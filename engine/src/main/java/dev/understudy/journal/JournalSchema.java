package dev.understudy.journal;

import dev.understudy.verdict.EvidenceMinute;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.duckdb.DuckDBConnection;

/// The tables of the journal file. docs/journal.md explains them to those who query the file.
///
/// There are no keys and no indexes: one writer keeps rows unique, and every statement scans columns, which is what
/// this database is good at.
final class JournalSchema {
    /// Grows with every change of the tables; a file of an unknown version is refused.
    static final int VERSION = 6;
    /// The oldest version that can be brought up to this one.
    private static final int OLDEST = 3;

    private static final List<String> TABLES = List.of("""
            CREATE TABLE journal (schema_version INTEGER, batch BIGINT, sequence BIGINT, committed_at TIMESTAMP_MS)
            """, """
            CREATE TABLE evaluations (evaluation INTEGER, model VARCHAR, champion VARCHAR, challenger VARCHAR,
              rules VARCHAR, first_at TIMESTAMP_MS, comparators VARCHAR, output_mapping VARCHAR,
              criteria VARCHAR, task VARCHAR, resumed_at TIMESTAMP_MS)
            """,
            """
                    CREATE TABLE comparisons (sequence BIGINT, evaluation INTEGER, compared_at TIMESTAMP_MS,
                      request_id VARCHAR, client_id VARCHAR, segment VARCHAR, champion_nanos BIGINT,
                      champion_rows BIGINT, challenger_nanos BIGINT, challenger_rows BIGINT, agrees BOOLEAN, severity DOUBLE, outputs INTEGER)
                    """,
            """
                    CREATE TABLE output_differences (sequence BIGINT, position INTEGER, output VARCHAR, agrees BOOLEAN,
                      severity DOUBLE, reason VARCHAR, comparator VARCHAR, elements BIGINT, unequal BIGINT,
                      nan_mismatches BIGINT, inf_mismatches BIGINT, max_abs DOUBLE, max_rel DOUBLE, mean_abs DOUBLE,
                      rmse DOUBLE, cosine DOUBLE, max_ulp BIGINT, needed_tolerance DOUBLE, beyond_tolerance BIGINT,
                      score_rows BIGINT, top_flips BIGINT, top_k_overlap DOUBLE, k INTEGER, champion_top INTEGER,
                      challenger_top INTEGER)
                    """,
            """
                    CREATE TABLE minutes (evaluation INTEGER, segment VARCHAR, minute BIGINT, compared BIGINT, agreed BIGINT)
                    """,
            """
                    CREATE TABLE ledgers (evaluation INTEGER, account VARCHAR, requests BIGINT)
                    """,
            """
                    CREATE TABLE captures (evaluation INTEGER, kind VARCHAR, slot INTEGER, sequence BIGINT, bytes BIGINT,
                      draw DOUBLE)
                    """,
            """
                    CREATE TABLE capture_tensors (sequence BIGINT, role VARCHAR, position INTEGER, name VARCHAR,
                      datatype VARCHAR, shape BIGINT[], data BLOB)
                    """,
            """
                    CREATE TABLE events (event BIGINT, happened_at TIMESTAMP_MS, kind VARCHAR, model VARCHAR, version VARCHAR,
                      sha256 VARCHAR, detail VARCHAR)
                    """,
            """
                    CREATE VIEW comparison_outputs AS
                      SELECT c.sequence, c.compared_at, e.model, e.champion, e.challenger, e.rules, c.request_id,
                        c.client_id, c.segment, c.champion_nanos, c.champion_rows, c.challenger_nanos, c.challenger_rows,
                        c.agrees AS request_agrees, c.severity AS request_severity, d.* EXCLUDE (sequence)
                      FROM comparisons c JOIN evaluations e USING (evaluation)
                        LEFT JOIN output_differences d ON d.sequence = c.sequence
                    """);

    /// What came after version 3.
    private static final List<String> EVIDENCE = List.of("""
            CREATE TABLE evidence (evaluation INTEGER, minute BIGINT, criterion VARCHAR, segment VARCHAR, good BIGINT,
              even BIGINT, bad BIGINT, lost BIGINT, payload BLOB)
            """, """
            CREATE TABLE predictions (prediction BIGINT, evaluation INTEGER, predicted_at TIMESTAMP_MS,
              request_id VARCHAR, segment VARCHAR, labelled BOOLEAN, champion VARCHAR[], champion_scores DOUBLE[],
              challenger VARCHAR[], challenger_scores DOUBLE[], cut_short BOOLEAN)
            """, """
            CREATE TABLE labels (label BIGINT, model VARCHAR, request_id VARCHAR, labelled_at TIMESTAMP_MS,
              truth VARCHAR[], joined BOOLEAN)
            """, """
            CREATE TABLE feedback (model VARCHAR, account VARCHAR, labels BIGINT)
            """);

    private JournalSchema() {}

    /// Makes the tables in an empty file; brings any other up to this version or refuses it. Nothing is committed: that is the
    /// caller's, when it has read what it needs, so that a file it cannot use stays as it is.
    static void prepare(Connection connection) throws SQLException, JournalException {
        try (Statement statement = connection.createStatement()) {
            if (count(statement, "SELECT count(*) FROM information_schema.tables WHERE table_name = 'journal'") == 1) {
                long version = count(statement, "SELECT schema_version FROM journal");
                if (version >= OLDEST && version < VERSION) {
                    migrate(statement, version);
                } else if (version != VERSION) {
                    throw other(version);
                }
                return;
            }
            if (count(statement, "SELECT count(*) FROM information_schema.tables") != 0) {
                throw new JournalException("journal.duckdb is a database of something else: move it away");
            }
            for (String table : TABLES) {
                statement.execute(table);
            }
            for (String table : EVIDENCE) {
                statement.execute(table);
            }
            statement.execute("INSERT INTO journal VALUES (" + VERSION + ", 0, 0, NULL)");
        }
    }

    /// Checks the version of a file that is only read.
    static void check(Connection connection) throws SQLException, JournalException {
        try (Statement statement = connection.createStatement()) {
            if (count(statement, "SELECT count(*) FROM information_schema.tables WHERE table_name = 'journal'") != 1) {
                throw new JournalException("journal.duckdb is a database of something else");
            }
            long version = count(statement, "SELECT schema_version FROM journal");
            if (version >= OLDEST && version < VERSION) {
                throw new JournalException("the journal has schema version " + version
                        + ": start a server on its state folder once, which brings it up to " + VERSION);
            }
            if (version != VERSION) {
                throw other(version);
            }
        }
    }

    private static JournalException other(long version) {
        return new JournalException("the journal has schema version " + version + ", this program reads " + VERSION
                + ": move journal.duckdb away to start a new one");
    }

    private static void migrate(Statement statement, long version) throws SQLException {
        if (version == 3) {
            addEvidence(statement);
        } else if (version == 4) {
            statement.execute("ALTER TABLE predictions ADD COLUMN cut_short BOOLEAN DEFAULT false");
            countClassesOnce(statement);
        }
        drawSamples(statement);
        statement.execute("UPDATE journal SET schema_version = " + VERSION);
    }

    /// Up to version 5 no draws were kept. Where every slot is in use up to the last, the sample is uniform: of `seen` requests
    /// some `held`, which get draws as if they were the smallest. Where not, its bound in bytes was reached and it holds mostly
    /// what came last, so it begins anew.
    private static void drawSamples(Statement statement) throws SQLException {
        statement.execute("ALTER TABLE captures ADD COLUMN draw DOUBLE");
        statement.execute(
                """
                        DELETE FROM captures WHERE kind = 'sample' AND evaluation IN (
                          SELECT evaluation FROM captures WHERE kind = 'sample' GROUP BY evaluation HAVING count(*) <= max(slot))
                        """);
        statement.execute("""
                UPDATE captures SET draw = hash(captures.sequence) / pow(2, 64) * least(1, k.held / m.seen)
                FROM (SELECT evaluation, count(*) AS held FROM captures WHERE kind = 'sample' GROUP BY evaluation) k
                  JOIN (SELECT evaluation, sum(compared) AS seen FROM minutes GROUP BY evaluation) m USING (evaluation)
                WHERE captures.evaluation = k.evaluation AND captures.kind = 'sample'
                """);
        statement.execute("DELETE FROM capture_tensors WHERE sequence NOT IN (SELECT sequence FROM captures)");
    }

    /// Up to version 4 a label counted under its class only where its request had no segment, and the sum of all rows was all
    /// labels. Now classes are apart from that sum, so what they hold goes under no segment too.
    private static void countClassesOnce(Statement statement) throws SQLException {
        Map<Integer, SortedMap<String, EvidenceMinute>> sums = new LinkedHashMap<>();
        try (ResultSet row = statement.executeQuery("""
                SELECT evaluation, minute, criterion, good, even, bad, lost, payload FROM evidence
                WHERE starts_with(segment, 'label=') AND NOT contains(criterion, 'segment: ')
                  AND regexp_matches(criterion, '^(accuracy|log_loss|absolute_error|squared_error)')
                ORDER BY ALL""")) {
            int column = row.findColumn("payload");
            while (row.next()) {
                byte[] payload = row.getBytes(column);
                EvidenceMinute part = new EvidenceMinute(row.getLong("minute"), row.getString("criterion"), "",
                        row.getLong("good"), row.getLong("even"), row.getLong("bad"), row.getLong("lost"),
                        payload == null ? null : ByteBuffer.wrap(payload));
                sums.computeIfAbsent(row.getInt("evaluation"), number -> new TreeMap<>())
                        .merge(part.minute() + part.criterion(), part, EvidenceMinute::plus);
            }
        }
        DuckDBConnection connection = statement.getConnection().unwrap(DuckDBConnection.class);
        for (Map.Entry<Integer, SortedMap<String, EvidenceMinute>> evaluation : sums.entrySet()) {
            EvidenceRows.add(connection, evaluation.getKey(), List.copyOf(evaluation.getValue().values()));
        }
    }

    private static void addEvidence(Statement statement) throws SQLException {
        for (String column : List.of("comparators", "output_mapping", "criteria", "task")) {
            statement.execute("ALTER TABLE evaluations ADD COLUMN " + column + " VARCHAR DEFAULT ''");
        }
        statement.execute("ALTER TABLE evaluations ADD COLUMN resumed_at TIMESTAMP_MS");
        for (String table : EVIDENCE) {
            statement.execute(table);
        }
    }

    private static long count(Statement statement, String query) throws SQLException {
        try (ResultSet result = statement.executeQuery(query)) {
            return result.next() ? result.getLong(1) : 0;
        }
    }
}
