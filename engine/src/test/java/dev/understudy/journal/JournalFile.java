package dev.understudy.journal;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/// The file of a journal that is closed, as plain DuckDB sees it. Each call opens it anew. Not thread-safe.
///
/// @param directory the journal's
record JournalFile(Path directory) {
    Path path() {
        return directory.resolve("journal.duckdb");
    }

    /// Runs one statement.
    void sql(String sql) throws SQLException {
        try (Connection plain = DriverManager.getConnection("jdbc:duckdb:" + path());
                Statement statement = plain.createStatement()) {
            statement.execute(sql);
        }
    }

    /// The number that a query answers with in its first row.
    long count(String query) throws SQLException {
        try (Connection plain = DriverManager.getConnection("jdbc:duckdb:" + path());
                Statement statement = plain.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            assertTrue(row.next());
            return row.getLong(1);
        }
    }
}
