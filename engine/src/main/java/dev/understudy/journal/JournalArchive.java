package dev.understudy.journal;

import dev.understudy.verdict.LedgerCounts;
import dev.understudy.verdict.Minute;
import dev.understudy.verdict.Pair;
import dev.understudy.verdict.Verdict;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.duckdb.DuckDBConnection;

/// The journal of a server that is not running, for reading only: nothing of it is changed. Not thread-safe; owned by the
/// caller.
public final class JournalArchive implements AutoCloseable {
    private final DuckDBConnection connection;

    private JournalArchive(DuckDBConnection connection) {
        this.connection = connection;
    }

    /// An evaluation on record.
    ///
    /// @param version the name the challenger had last
    /// @param state   what became of it last: `shadowing`, `retired`, or `champion` once promoted; empty where that is no
    ///                longer on record
    /// @param ledger  the account as last saved
    public record Archived(Pair pair, String version, String state, LedgerCounts ledger) {}

    /// Opens the journal in `directory`.
    ///
    /// @throws JournalException when there is none, a server has it open, or it cannot be read
    public static JournalArchive open(Path directory) throws JournalException {
        return new JournalArchive(JournalDatabase.readOnly(directory, JournalLimits.DEFAULTS.database()));
    }

    /// A model's evaluations, the one that began or went on last first.
    public List<Archived> evaluations(String model) throws JournalException {
        List<Archived> archived = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement("""
                SELECT e.model, e.champion, e.challenger, e.rules,
                  (SELECT max_by(v.version, v.event) FROM events v WHERE v.model = e.model AND v.sha256 = e.challenger)
                    AS version,
                  (SELECT max_by(s.kind, s.event) FROM events s WHERE s.model = e.model AND s.sha256 = e.challenger
                    AND s.kind IN ('shadowing', 'retired', 'champion')) AS state
                FROM evaluations e WHERE e.model = ? ORDER BY e.resumed_at DESC NULLS LAST, e.evaluation DESC
                """)) {
            select.setString(1, model);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    Pair pair = PairColumns.read(row);
                    String version = row.getString("version");
                    String state = row.getString("state");
                    archived.add(new Archived(pair, version == null ? pair.challenger() : version,
                            state == null ? "" : state,
                            new EvidenceReader(connection).evaluation(pair).orElseThrow().ledger()));
                }
            }
            return archived;
        } catch (SQLException e) {
            throw unreadable(e);
        }
    }

    /// The verdict on an evaluation as of the last commit, summed up from its rows.
    public Optional<Verdict> verdict(Archived archived) throws JournalException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT epoch_ms(committed_at) FROM journal")) {
            long committedMillis = row.next() ? row.getLong(1) : 0;
            return new EvidenceReader(connection).recomputed(archived.pair(), archived.ledger(),
                    Minute.of(committedMillis));
        } catch (SQLException e) {
            throw unreadable(e);
        }
    }

    /// The uniform sample of the requests that the champion of an evaluation answered, beside whichever challenger, each
    /// once, the latest first. What another champion answered says nothing under this evaluation's terms.
    public List<Capture> sample(Archived archived, int limit) throws JournalException {
        try {
            return new JournalReader(connection).sample(archived.pair().model(), archived.pair().champion(), limit);
        } catch (SQLException e) {
            throw unreadable(e);
        }
    }

    /// The labels of the captured requests that have one, by the request's id.
    public Map<String, List<String>> labels(String model) throws JournalException {
        try {
            return new JournalReader(connection).labels(model);
        } catch (SQLException e) {
            throw unreadable(e);
        }
    }

    /// What an evaluation is judged by.
    public Terms terms(Archived archived) throws JournalException {
        try {
            return new EvidenceReader(connection).begun(archived.pair()).map(EvidenceReader.Begun::terms)
                    .orElse(Terms.NONE);
        } catch (SQLException e) {
            throw unreadable(e);
        }
    }

    private static JournalException unreadable(SQLException cause) {
        return new JournalException("the journal cannot be read", cause);
    }

    @Override
    public void close() throws JournalException {
        try {
            connection.close();
        } catch (SQLException e) {
            throw new JournalException("the journal did not close cleanly", e);
        }
    }
}
