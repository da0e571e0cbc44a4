package dev.understudy.journal;

import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.Map;
import org.duckdb.DuckDBConnection;

/// Copies a model's captures into a journal of their own, so that they can be read where no server runs. Stateless.
final class CaptureExport {
    private static final String CAPTURED = "sequence IN (SELECT sequence FROM copy.captures)";
    private static final String OF_MODEL = "evaluation IN (SELECT evaluation FROM copy.evaluations)";
    /// What goes into each table, in an order in which every statement finds what it needs.
    private static final Map<String, String> TABLES = tables();

    private CaptureExport() {}

    private static Map<String, String> tables() {
        Map<String, String> tables = new LinkedHashMap<>();
        tables.put("journal", "true");
        tables.put("evaluations", "model = $model");
        tables.put("events", "model = $model");
        tables.put("captures", OF_MODEL);
        tables.put("comparisons", CAPTURED);
        tables.put("output_differences", CAPTURED);
        tables.put("capture_tensors", CAPTURED);
        tables.put("labels", "model = $model AND request_id IN (SELECT request_id FROM copy.comparisons)");
        tables.put("evidence", OF_MODEL);
        tables.put("minutes", OF_MODEL);
        tables.put("ledgers", OF_MODEL);
        return tables;
    }

    static void write(DuckDBConnection connection, String model, Path directory) throws SQLException {
        String file = directory.resolve("journal.duckdb").toAbsolutePath().toString().replace("'", "''");
        // Two databases are written to, the second of which must be there before a transaction begins.
        connection.setAutoCommit(true);
        try (Statement statement = connection.createStatement()) {
            statement.execute("ATTACH '" + file + "' AS copy");
            try {
                for (Map.Entry<String, String> table : TABLES.entrySet()) {
                    boolean asked = table.getValue().contains("$model");
                    try (PreparedStatement copy = connection.prepareStatement("CREATE TABLE copy." + table.getKey()
                            + " AS SELECT * FROM main." + table.getKey() + " WHERE "
                            + table.getValue().replace("$model", "?"))) {
                        if (asked) {
                            copy.setString(1, model);
                        }
                        copy.execute();
                    }
                }
                // Closing it does not: what this database closes, it leaves as it is.
                statement.execute("CHECKPOINT copy");
            } finally {
                statement.execute("DETACH copy");
            }
        } finally {
            connection.setAutoCommit(false);
        }
    }
}
