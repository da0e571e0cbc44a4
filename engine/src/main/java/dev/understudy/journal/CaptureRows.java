package dev.understudy.journal;

import dev.understudy.journal.CaptureSelection.Decision;
import dev.understudy.journal.CaptureSelection.Slot;
import dev.understudy.tensor.DataType;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.Tensor;
import dev.understudy.verdict.Pair;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
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

    /// Fills and empties the slots of one decision.
    static void write(DuckDBConnection connection, Map<Pair, Integer> evaluations, Decision decision, long sequence,
            Capture capture) throws SQLException {
        if (decision.displaced() != null) {
            try (PreparedStatement delete = connection.prepareStatement("DELETE FROM captures WHERE evaluation = ?")) {
                delete.setInt(1, evaluations.getOrDefault(decision.displaced(), -1));
                delete.executeUpdate();
            }
        }
        try (PreparedStatement delete = connection
                .prepareStatement("DELETE FROM captures WHERE evaluation = ? AND kind = ? AND slot = ?")) {
            for (List<Slot> slots : List.of(decision.kept(), decision.evicted())) {
                for (Slot slot : slots) {
                    delete.setInt(1, evaluations.getOrDefault(slot.pair(), -1));
                    delete.setString(2, slot.kind().label());
                    delete.setInt(3, slot.number());
                    delete.executeUpdate();
                }
            }
        }
        if (!decision.keeps()) {
            return;
        }
        int evaluation = evaluations.getOrDefault(capture.comparison().pair(), -1);
        try (DuckDBAppender rows = connection.createAppender("captures")) {
            for (Slot slot : decision.kept()) {
                rows.beginRow().append(evaluation).append(slot.kind().label()).append(slot.number()).append(sequence)
                        .append(capture.byteSize()).endRow();
            }
        }
        try (DuckDBAppender rows = connection.createAppender("capture_tensors")) {
            append(rows, sequence, INPUT, capture.inputs());
            append(rows, sequence, CHAMPION_OUTPUT, capture.championOutputs());
            append(rows, sequence, CHALLENGER_OUTPUT, capture.challengerOutputs());
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
