package dev.understudy.journal;

import java.sql.Array;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBConnection;
import org.jspecify.annotations.Nullable;

/// Answers and labels as they lie in `predictions` and `labels`. Single writer: the journal's writer thread, in the
/// transaction it has open.
final class LabelTables {
    private static final String MATCH = """
            SELECT l.model, l.label, l.joined, l.truth, p.prediction, p.evaluation, p.request_id, p.segment,
              p.champion, p.champion_scores, p.challenger, p.challenger_scores, p.cut_short
            FROM predictions p JOIN evaluations e USING (evaluation)
              JOIN labels l ON l.model = e.model AND l.request_id = p.request_id
            WHERE NOT p.labelled AND\s""";
    private static final String IN_ORDER = " > ? ORDER BY l.label, p.prediction";

    private final DuckDBConnection connection;
    private long predictions;
    private long labels;

    /// Answers on their way into the file.
    record Answered(int evaluation, long timeMillis, Answers answers) {}

    /// Answers and the label of their request, which have found each other.
    ///
    /// @param wasJoined whether the label had been joined with other answers before
    record Match(String model, long label, boolean wasJoined, List<String> truth, long prediction, int evaluation,
            Answers answers) {}

    /// Takes up where the file ends.
    LabelTables(DuckDBConnection connection) throws SQLException {
        this.connection = connection;
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT (SELECT max(prediction) FROM predictions), (SELECT max(label) FROM labels)")) {
            if (row.next()) {
                predictions = row.getLong(1);
                labels = row.getLong(2);
            }
        }
    }

    /// Number of the last label.
    long labels() {
        return labels;
    }

    /// Holds answers until their label comes.
    ///
    /// @return number of the last answers before these
    long appendAnswers(List<Answered> answered) throws SQLException {
        long before = predictions;
        try (DuckDBAppender rows = connection.createAppender("predictions")) {
            for (Answered each : answered) {
                Answers answers = each.answers();
                rows.beginRow().append(++predictions).append(each.evaluation()).appendEpochMillis(each.timeMillis())
                        .append(answers.requestId());
                if (answers.segment() == null) {
                    rows.appendNull();
                } else {
                    rows.append(answers.segment());
                }
                rows.append(false);
                append(rows, answers.champion());
                append(rows, answers.challenger());
                rows.append(answers.cutShort()).endRow();
            }
        }
        return before;
    }

    private static void append(DuckDBAppender rows, @Nullable Prediction prediction) throws SQLException {
        if (prediction == null) {
            rows.appendNull().appendNull();
        } else if (prediction.scores().isEmpty()) {
            rows.append(prediction.answers()).appendNull();
        } else {
            rows.append(prediction.answers()).append(prediction.scores());
        }
    }

    /// Numbers the labels in the order given.
    ///
    /// @return number of the last label before these
    long appendLabels(List<JournalEntry.Labelled> labelled, long timeMillis) throws SQLException {
        long before = labels;
        try (DuckDBAppender rows = connection.createAppender("labels")) {
            for (JournalEntry.Labelled entry : labelled) {
                for (Label label : entry.labels()) {
                    rows.beginRow().append(++labels).append(entry.model()).append(label.requestId())
                            .appendEpochMillis(timeMillis).append(label.truth()).append(false).endRow();
                }
            }
        }
        return before;
    }

    /// Answers after `prediction` whose label is there.
    List<Match> newAnswers(long prediction) throws SQLException {
        return matches(MATCH + "p.prediction" + IN_ORDER, prediction);
    }

    /// Labels after `label` whose answers are there.
    List<Match> newLabels(long label) throws SQLException {
        return matches(MATCH + "l.label" + IN_ORDER, label);
    }

    private List<Match> matches(String query, long after) throws SQLException {
        List<Match> matches = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(query)) {
            select.setLong(1, after);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    Prediction champion = prediction(row, "champion");
                    if (champion == null) {
                        throw new SQLException("answers without the champion's");
                    }
                    matches.add(new Match(row.getString("model"), row.getLong("label"), row.getBoolean("joined"),
                            list(row, "truth", String.class), row.getLong("prediction"), row.getInt("evaluation"),
                            new Answers(row.getString("request_id"), row.getString("segment"), champion,
                                    prediction(row, "challenger"), row.getBoolean("cut_short"))));
                }
            }
        }
        return matches;
    }

    private static @Nullable Prediction prediction(ResultSet row, String side) throws SQLException {
        List<String> answers = list(row, side, String.class);
        return answers.isEmpty() ? null : new Prediction(answers, list(row, side + "_scores", Double.class));
    }

    /// The elements of a list, none where it is NULL.
    private static <T> List<T> list(ResultSet row, String column, Class<T> type) throws SQLException {
        Array array = row.getArray(column);
        return array == null
                ? List.of()
                : Arrays.stream((Object[]) array.getArray()).map(type::cast).toList();
    }

    /// Those of the labels after `label` whose request had one before.
    Set<Long> repeated(long label) throws SQLException {
        Set<Long> repeated = new HashSet<>();
        try (PreparedStatement select = connection.prepareStatement("""
                SELECT n.label FROM labels n JOIN labels o ON o.model = n.model AND o.request_id = n.request_id
                WHERE n.label > ? AND o.label <= ?
                UNION SELECT n.label FROM labels n JOIN predictions p ON p.request_id = n.request_id
                  JOIN evaluations e ON e.evaluation = p.evaluation AND e.model = n.model
                WHERE n.label > ? AND p.labelled
                """)) {
            for (int parameter = 1; parameter <= 3; parameter++) {
                select.setLong(parameter, label);
            }
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    repeated.add(row.getLong(1));
                }
            }
        }
        return repeated;
    }

    /// The answers have had their label: no other is joined with them.
    void markLabelled(Collection<Long> predictionNumbers) throws SQLException {
        run("UPDATE predictions SET labelled = true WHERE prediction IN ", predictionNumbers);
    }

    /// The labels have met answers.
    void markJoined(Collection<Long> labelNumbers) throws SQLException {
        run("UPDATE labels SET joined = true WHERE label IN ", labelNumbers);
    }

    void drop(Collection<Long> labelNumbers) throws SQLException {
        run("DELETE FROM labels WHERE label IN ", labelNumbers);
    }

    private void run(String statement, Collection<Long> numbers) throws SQLException {
        if (!numbers.isEmpty()) {
            try (Statement running = connection.createStatement()) {
                running.execute(statement + numbers.stream().map(String::valueOf)
                        .collect(Collectors.joining(",", "(", ")")));
            }
        }
    }

    /// Deletes the oldest answers and labels beyond the limit of each.
    void trim(long predictionsMax) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("DELETE FROM predictions WHERE prediction <= " + (predictions - predictionsMax));
            statement.execute("DELETE FROM labels WHERE label <= " + (labels - predictionsMax));
        }
    }
}
