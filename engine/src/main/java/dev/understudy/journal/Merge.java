package dev.understudy.journal;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collections;
import java.util.List;
import org.duckdb.DuckDBConnection;

/// Adds rows to a table by their keys, several a statement. Immutable.
///
/// @param into    the statement up to its rows, which it names `v`
/// @param columns values a row has
/// @param then    the statement after its rows
record Merge(String into, int columns, String then) {
    private static final int ROWS_A_STATEMENT = 256;

    void run(DuckDBConnection connection, List<Object[]> rows) throws SQLException {
        String row = "(" + String.join(", ", Collections.nCopies(columns, "?")) + ")";
        for (int start = 0; start < rows.size(); start += ROWS_A_STATEMENT) {
            List<Object[]> part = rows.subList(start, Math.min(rows.size(), start + ROWS_A_STATEMENT));
            String sql = into + " USING (VALUES " + String.join(", ", Collections.nCopies(part.size(), row)) + ") v "
                    + then;
            try (PreparedStatement merge = connection.prepareStatement(sql)) {
                int parameter = 1;
                for (Object[] values : part) {
                    for (Object value : values) {
                        merge.setObject(parameter++, value);
                    }
                }
                merge.executeUpdate();
            }
        }
    }
}
