package dev.understudy.journal;

import dev.understudy.verdict.Pair;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/// How a pair lies in the columns of `evaluations`, both ways. Stateless.
final class PairColumns {
    /// The condition on `evaluations e`; its parameters are those of [#set].
    static final String ARE = "e.model = ? AND e.champion = ? AND e.challenger = ? AND e.rules = ?";

    private PairColumns() {}

    /// Sets the first parameters of a statement.
    ///
    /// @return number of the next parameter
    static int set(PreparedStatement statement, Pair pair) throws SQLException {
        statement.setString(1, pair.model());
        statement.setString(2, pair.champion());
        statement.setString(3, pair.challenger());
        statement.setString(4, pair.rules());
        return 5;
    }

    /// The pair in a row that holds its four columns.
    static Pair read(ResultSet row) throws SQLException {
        return new Pair(row.getString("model"), row.getString("champion"), row.getString("challenger"),
                row.getString("rules"));
    }
}
