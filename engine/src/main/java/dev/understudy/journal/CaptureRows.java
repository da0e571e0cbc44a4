package dev.understudy.journal;

import dev.understudy.journal.CaptureSelection.Decision;
import dev.understudy.journal.CaptureSelection.Slot;
import dev.understudy.journal.CaptureShelf.Held;
import dev.understudy.tensor.DataType;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.Tensor;
import dev.understudy.verdict.Pair;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBConnection;

/// How captured tensors lie in `captures` and `capture_tensors`. Stateless.
///
/// A request in two slots has its tensors once; tensors of no slot are deleted in the transaction that emptied it.
final class CaptureRows {
    static final String INPUT = "input";
    static final String CHAMPION_OUTPUT = "champion_output";
    static final String CHALLENGER_OUTPUT = "challenger_output";

    private CaptureRows() {}

    /// What a slot holds at the end of a batch.
    private record Placed(long sequence, Capture capture, Held held) {}

    /// Fills and empties slots as the decisions of a batch say, in their order; what is placed and replaced within the
    /// batch is never written, so that the work is bounded by the slots.
    ///
    /// @param first sequence of the first comparison
    static void write(DuckDBConnection connection, Map<Pair, Integer> evaluations,
            List<JournalEntry.Compared> compared, long first) throws SQLException {
        Map<Slot, Placed> placed = new LinkedHashMap<>();
        Set<Slot> touched = new LinkedHashSet<>();
        Set<Pair> displaced = new LinkedHashSet<>();
        for (int i = 0; i < compared.size(); i++) {
            Decision decision = compared.get(i).selection();
            if (decision.displaced() != null) {
                displaced.add(decision.displaced());
                placed.keySet().removeIf(slot -> slot.pair().equals(decision.displaced()));
            }
            for (Slot slot : decision.evicted()) {
                placed.remove(slot);
                touched.add(slot);
            }
            Capture capture = compared.get(i).capture();
            if (capture != null && decision.held() != null) {
                for (Slot slot : decision.kept()) {
                    placed.put(slot, new Placed(first + i, capture, decision.held()));
                    touched.add(slot);
                }
            }
        }
        if (!touched.isEmpty() || !displaced.isEmpty()) {
            empty(connection, evaluations, touched, displaced);
            append(connection, evaluations, placed);
            deleteOrphans(connection);
        }
    }

    /// A pair without an evaluation has nothing in the file; its number is of none.
    private static int evaluation(Map<Pair, Integer> evaluations, Pair pair) {
        return evaluations.getOrDefault(pair, -1);
    }

    private static void empty(DuckDBConnection connection, Map<Pair, Integer> evaluations, Set<Slot> slots,
            Set<Pair> pairs) throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement("DELETE FROM captures WHERE evaluation = ?")) {
            for (Pair pair : pairs) {
                delete.setInt(1, evaluation(evaluations, pair));
                delete.executeUpdate();
            }
        }
        try (PreparedStatement delete = connection
                .prepareStatement("DELETE FROM captures WHERE evaluation = ? AND kind = ? AND slot = ?")) {
            for (Slot slot : slots) {
                delete.setInt(1, evaluation(evaluations, slot.pair()));
                delete.setString(2, slot.kind().label());
                delete.setInt(3, slot.number());
                delete.executeUpdate();
            }
        }
    }

    private static void append(DuckDBConnection connection, Map<Pair, Integer> evaluations, Map<Slot, Placed> placed)
            throws SQLException {
        Map<Long, Capture> captures = new LinkedHashMap<>();
        try (DuckDBAppender rows = connection.createAppender("captures")) {
            for (Map.Entry<Slot, Placed> entry : placed.entrySet()) {
                Slot slot = entry.getKey();
                Placed request = entry.getValue();
                rows.beginRow().append(evaluation(evaluations, slot.pair())).append(slot.kind().label())
                        .append(slot.number()).append(request.sequence()).append(request.capture().byteSize());
                if (slot.kind() == CaptureKind.SAMPLE) {
                    rows.append(request.held().draw());
                } else {
                    rows.appendNull();
                }
                rows.endRow();
                captures.put(request.sequence(), request.capture());
            }
        }
        try (DuckDBAppender rows = connection.createAppender("capture_tensors")) {
            for (Map.Entry<Long, Capture> entry : captures.entrySet()) {
                append(rows, entry.getKey(), INPUT, entry.getValue().inputs());
                append(rows, entry.getKey(), CHAMPION_OUTPUT, entry.getValue().championOutputs());
                append(rows, entry.getKey(), CHALLENGER_OUTPUT, entry.getValue().challengerOutputs());
            }
        }
    }

    private static void deleteOrphans(DuckDBConnection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("DELETE FROM capture_tensors WHERE sequence NOT IN (SELECT sequence FROM captures)");
        }
    }

    private static void append(DuckDBAppender rows, long sequence, String role, List<Tensor> tensors)
            throws SQLException {
        for (int position = 0; position < tensors.size(); position++) {
            Tensor tensor = tensors.get(position);
            rows.beginRow().append(sequence).append(role).append(position).append(tensor.name())
                    .append(tensor.datatype().name()).append(tensor.shape().toArray())
                    .append(tensor.data().toArray(ValueLayout.JAVA_BYTE)).endRow();
        }
    }

    /// The tensor in a row that holds `name, datatype, shape, data`.
    static Tensor read(ResultSet row) throws SQLException {
        Object[] dims = (Object[]) row.getArray("shape").getArray();
        long[] shape = new long[dims.length];
        for (int axis = 0; axis < dims.length; axis++) {
            shape[axis] = (Long) dims[axis];
        }
        DataType datatype = DataType.valueOf(row.getString("datatype"));
        return new Tensor(row.getString("name"), datatype, Shape.of(shape),
                MemorySegment.ofArray(row.getBytes(row.findColumn("data"))));
    }
}
