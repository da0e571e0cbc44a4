package dev.understudy.server.codec;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.understudy.tensor.DataType;
import dev.understudy.tensor.Shape;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads the array `inputs`. Not thread-safe; owned by the [JsonRequestReader] of one request.
///
/// Fields come in any order. When `data` comes before `datatype` and `shape`, its place is remembered and it is
/// read again once they are known.
final class JsonInputReader {
    private final byte[] body;
    private final int offset;
    private final int length;

    /// A reader of inputs that stand in `length` bytes of `body` from `offset`, for data that has to be read again.
    JsonInputReader(byte[] body, int offset, int length) {
        this.body = body;
        this.offset = offset;
        this.length = length;
    }

    /// Reads the array at the parser's current token.
    List<InputDraft> read(JsonParser parser) throws IOException, Refusal {
        JsonFields.requireArray(parser, "'inputs'");
        List<InputDraft> found = new ArrayList<>(4);
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (found.size() == InputDraft.TENSORS_MAX) {
                throw new Refusal("'inputs' has more than " + InputDraft.TENSORS_MAX + " entries");
            }
            InputDraft draft = new InputDraft(found.size());
            JsonFields.requireObject(parser, "inputs[" + draft.index + "]");
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                field(parser, draft);
            }
            if (draft.dataOffset != InputDraft.ABSENT && draft.data == null) {
                readDataAgain(draft);
            }
            found.add(draft);
        }
        return found;
    }

    private void field(JsonParser parser, InputDraft draft) throws IOException, Refusal {
        String field = parser.currentName();
        JsonToken value = parser.nextToken();
        switch (field) {
            case "name" -> {
                once(draft, draft.name, field);
                draft.name = JsonFields.string(parser, "inputs[" + draft.index + "]: 'name'");
            }
            case "datatype" -> {
                once(draft, draft.datatype, field);
                draft.datatype = datatype(parser, draft);
            }
            case "shape" -> {
                once(draft, draft.shape, field);
                draft.shape = shape(parser, draft);
            }
            case "data" -> readData(parser, draft);
            case "parameters" ->
                JsonFields.parameters(parser, "'parameters'", (p, name) -> parameter(p, name, draft));
            default -> {
                if (value.isStructStart()) {
                    parser.skipChildren();
                }
            }
        }
    }

    private static void once(InputDraft draft, @Nullable Object known, String field) throws Refusal {
        if (known != null) {
            throw draft.refuse("'" + field + "' is given twice");
        }
    }

    private void readData(JsonParser parser, InputDraft draft) throws IOException, Refusal {
        if (draft.dataOffset != InputDraft.ABSENT) {
            throw draft.refuse("'data' is given twice");
        }
        draft.dataOffset = parser.currentTokenLocation().getByteOffset();
        if (draft.datatype != null && draft.shape != null && draft.name != null) {
            draft.data = new JsonTensorReader(parser, draft, length).read();
        } else {
            parser.skipChildren();
        }
    }

    private void readDataAgain(InputDraft draft) throws IOException, Refusal {
        draft.requireName();
        int skipped = Math.toIntExact(draft.dataOffset);
        try (JsonParser parser = JsonFields.JSON.createParser(body, offset + skipped, length - skipped)) {
            parser.nextToken();
            draft.data = new JsonTensorReader(parser, draft, length).read();
        }
    }

    private static DataType datatype(JsonParser parser, InputDraft draft) throws IOException, Refusal {
        String text = JsonFields.string(parser, "inputs[" + draft.index + "]: 'datatype'");
        DataType type = DataType.byName(text);
        if (type == null) {
            throw draft.refuseDatatype(text);
        }
        return type;
    }

    private static Shape shape(JsonParser parser, InputDraft draft) throws IOException, Refusal {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            throw draft
                    .refuse("'shape' must be an array of integers, not " + JsonFields.describe(parser.currentToken()));
        }
        long[] dims = new long[4];
        int rank = 0;
        for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
            if (token != JsonToken.VALUE_NUMBER_INT) {
                throw draft.refuse("'shape' must hold integers, not " + JsonFields.describe(token));
            }
            long dim = JsonFields.count(parser);
            if (dim < 0) {
                throw draft.refuseDimension(parser.getText());
            }
            if (rank == InputDraft.RANK_MAX) {
                throw draft.refuseRank();
            }
            if (rank == dims.length) {
                dims = Arrays.copyOf(dims, rank * 2);
            }
            dims[rank++] = dim;
        }
        return Shape.of(Arrays.copyOf(dims, rank));
    }

    private static boolean parameter(JsonParser parser, String name, InputDraft draft) throws IOException, Refusal {
        switch (name) {
            case "binary_data_size" -> {
                draft.binaryBytes = JsonFields.count(parser);
                if (draft.binaryBytes < 0) {
                    throw draft.refuse("'binary_data_size' must be an integer of at least 0");
                }
            }
            case "shared_memory_region" -> throw draft.refuse("shared memory is not supported: send the data itself");
            default -> {
                return false;
            }
        }
        return true;
    }
}
