package dev.understudy.journal;

import dev.understudy.model.InvalidConfigException;
import dev.understudy.verdict.Pair;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBConnection;

/// The table `evaluations`: the numbers and terms of all evaluations there ever were. Single writer: the journal's writer
/// thread.
final class Evaluations {
    /// The columns of the terms.
    static final String TERMS = "comparators, output_mapping, criteria, task";

    private final DuckDBConnection connection;
    private final Map<Pair, Known> byPair = new HashMap<>();
    private final Map<Integer, Known> byNumber = new HashMap<>();

    /// An evaluation on record.
    record Known(int number, Pair pair, Terms terms) {}

    Evaluations(DuckDBConnection connection) throws SQLException {
        this.connection = connection;
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT evaluation, model, champion, challenger, rules, " + TERMS + " FROM evaluations")) {
            while (row.next()) {
                keep(new Known(row.getInt("evaluation"), PairColumns.read(row), terms(row)));
            }
        }
    }

    /// The terms in a row that holds [#TERMS].
    static Terms terms(ResultSet row) throws SQLException {
        try {
            return Terms.parse(row.getString("comparators"), row.getString("output_mapping"), row.getString("criteria"),
                    row.getString("task"));
        } catch (InvalidConfigException e) {
            throw new SQLException("the terms of an evaluation cannot be read: " + e.getMessage(), e);
        }
    }

    private void keep(Known known) {
        byPair.put(known.pair(), known);
        byNumber.put(known.number(), known);
    }

    /// Records an evaluation, unless it is on record.
    void add(Pair pair, long timeMillis, Terms terms) throws SQLException {
        if (byPair.containsKey(pair)) {
            return;
        }
        int number = byPair.size() + 1;
        try (DuckDBAppender row = connection.createAppender("evaluations")) {
            row.beginRow().append(number).append(pair.model()).append(pair.champion()).append(pair.challenger())
                    .append(pair.rules()).appendEpochMillis(timeMillis).append(terms.comparatorsText())
                    .append(terms.outputMappingText()).append(terms.criteria().text()).append(terms.taskText())
                    .appendEpochMillis(timeMillis).endRow();
        }
        keep(new Known(number, pair, terms));
    }

    /// Records that an evaluation is the one in progress, beginning it where it is new.
    void resume(Pair pair, long timeMillis, Terms terms) throws SQLException {
        if (!byPair.containsKey(pair)) {
            add(pair, timeMillis, terms);
            return;
        }
        try (Statement statement = connection.createStatement()) {
            statement.execute("UPDATE evaluations SET resumed_at = make_timestamp_ms(" + timeMillis
                    + ") WHERE evaluation = " + number(pair));
        }
    }

    int number(Pair pair) {
        return known(pair).number();
    }

    Known known(Pair pair) {
        return Objects.requireNonNull(byPair.get(pair), "rows are written after their evaluation");
    }

    Known known(int number) {
        return Objects.requireNonNull(byNumber.get(number), "rows are written after their evaluation");
    }

    /// Numbers by pair, for rows of pairs that may not be on record.
    Map<Pair, Integer> numbers() {
        Map<Pair, Integer> numbers = new HashMap<>();
        byPair.forEach((pair, known) -> numbers.put(pair, known.number()));
        return numbers;
    }
}
