package dev.understudy.journal;

import dev.understudy.verdict.EvidenceMinute;
import java.nio.ByteBuffer;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.duckdb.DuckDBConnection;
import org.jspecify.annotations.Nullable;

/// How evidence lies in `evidence`, both ways. Stateless.
final class EvidenceRows {
    private static final Merge MERGE = new Merge("MERGE INTO evidence t", 9,
            """
                    (evaluation, minute, criterion, segment, good, even, bad, lost, payload)
                    ON t.evaluation = v.evaluation AND t.minute = v.minute AND t.criterion = v.criterion AND t.segment = v.segment
                    WHEN MATCHED THEN UPDATE SET good = t.good + v.good, even = t.even + v.even, bad = t.bad + v.bad,
                      lost = t.lost + v.lost, payload = CAST(v.payload AS BLOB)
                    WHEN NOT MATCHED THEN INSERT VALUES (v.evaluation, v.minute, v.criterion, v.segment, v.good, v.even, v.bad,
                      v.lost, CAST(v.payload AS BLOB))
                    """);

    private EvidenceRows() {}

    private record Key(long minute, String criterion, String segment) {}

    /// Adds what a batch saw to the rows of its minutes.
    static void add(DuckDBConnection connection, int evaluation, List<EvidenceMinute> rows) throws SQLException {
        Map<Key, EvidenceMinute> present = new HashMap<>();
        Set<Long> minutes = new HashSet<>();
        for (EvidenceMinute row : rows) {
            if (row.payload() != null && minutes.add(row.minute())) {
                read(connection, evaluation, row.minute(), row.minute())
                        .forEach(each -> present.put(key(each), each));
            }
        }
        List<Object[]> values = new ArrayList<>();
        for (EvidenceMinute row : rows) {
            EvidenceMinute before = present.get(key(row));
            ByteBuffer payload = before == null ? row.payload() : row.plus(before).payload();
            values.add(new Object[]{evaluation, row.minute(), row.criterion(), row.segment(), row.good(), row.even(),
                row.bad(), row.lost(), bytes(payload)});
        }
        MERGE.run(connection, values);
    }

    private static Key key(EvidenceMinute row) {
        return new Key(row.minute(), row.criterion(), row.segment());
    }

    private static byte @Nullable [] bytes(@Nullable ByteBuffer payload) {
        if (payload == null) {
            return null;
        }
        byte[] bytes = new byte[payload.remaining()];
        payload.get(bytes);
        return bytes;
    }

    /// The rows of an evaluation, in the fixed order of minute, criterion and segment.
    static List<EvidenceMinute> read(DuckDBConnection connection, int evaluation) throws SQLException {
        return read(connection, evaluation, Long.MIN_VALUE, Long.MAX_VALUE);
    }

    private static List<EvidenceMinute> read(DuckDBConnection connection, int evaluation, long first, long last)
            throws SQLException {
        List<EvidenceMinute> rows = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement("""
                SELECT minute, criterion, segment, good, even, bad, lost, payload FROM evidence
                WHERE evaluation = ? AND minute BETWEEN ? AND ? ORDER BY minute, criterion, segment
                """)) {
            select.setInt(1, evaluation);
            select.setLong(2, first);
            select.setLong(3, last);
            try (ResultSet row = select.executeQuery()) {
                int payload = row.findColumn("payload");
                while (row.next()) {
                    byte[] bytes = row.getBytes(payload);
                    rows.add(new EvidenceMinute(row.getLong(1), row.getString(2), row.getString(3), row.getLong(4),
                            row.getLong(5), row.getLong(6), row.getLong(7),
                            bytes == null ? null : ByteBuffer.wrap(bytes)));
                }
            }
        }
        return rows;
    }
}
