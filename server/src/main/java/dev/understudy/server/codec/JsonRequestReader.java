package dev.understudy.server.codec;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.understudy.tensor.DataType;
import dev.understudy.tensor.Shape;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads the JSON part of an inference request in one pass over its bytes. Not thread-safe; one per request.
///
/// Fields come in any order. When `data` comes before `datatype` and `shape`, its place is remembered and it is
/// read again once they are known.
final class JsonRequestReader {
    private final byte[] body;
    private final int offset;
    private final int length;

    @Nullable
    String id;
    @Nullable
    String segment;
    @Nullable
    List<InputDraft> inputs;
    final Set<String> outputs = new LinkedHashSet<>(4);
    private final Map<String, Boolean> binaryByOutput = new HashMap<>(4);
    private boolean binaryByDefault;

    /// A reader of `length` bytes of `body` from `offset`; the bytes must not change while it reads.
    JsonRequestReader(byte[] body, int offset, int length) {
        this.body = body;
        this.offset = offset;
        this.length = length;
    }

    AnswerForm form() {
        return binaryByOutput.isEmpty()
                ? binaryByDefault ? AnswerForm.BINARY : AnswerForm.JSON
                : new AnswerForm(binaryByDefault, binaryByOutput);
    }

    /// Reads everything, leaving what was found in the fields.
    void read() throws IOException, Refusal {
        try (JsonParser parser = JsonFields.JSON.createParser(body, offset, length)) {
            JsonToken token = parser.nextToken();
            if (token == null) {
                throw new Refusal("the request body is empty: expected a JSON object with 'inputs'");
            }
            if (token != JsonToken.START_OBJECT) {
                throw new Refusal("the request must be a JSON object with 'inputs', not " + JsonFields.describe(token));
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                field(parser, parser.currentName());
            }
            if (parser.nextToken() != null) {
                throw new Refusal("unexpected data after the request's JSON object");
            }
        }
    }

    private void field(JsonParser parser, String name) throws IOException, Refusal {
        JsonToken value = parser.nextToken();
        switch (name) {
            case "id" -> id = value == JsonToken.VALUE_NULL ? null : JsonFields.string(parser, "'id'");
            case "inputs" -> {
                if (inputs != null) {
                    throw new Refusal("'inputs' is given twice");
                }
                inputs = new ArrayList<>(4);
                readInputs(parser, inputs);
            }
            case "outputs" -> readOutputs(parser);
            case "parameters" -> JsonFields.parameters(parser, "'parameters'", this::requestParameter);
            default -> {
                if (value.isStructStart()) {
                    parser.skipChildren();
                }
            }
        }
    }

    private void readInputs(JsonParser parser, List<InputDraft> found) throws IOException, Refusal {
        JsonFields.requireArray(parser, "'inputs'");
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (found.size() == InputDraft.TENSORS_MAX) {
                throw new Refusal("'inputs' has more than " + InputDraft.TENSORS_MAX + " entries");
            }
            InputDraft draft = new InputDraft(found.size());
            JsonFields.requireObject(parser, "inputs[" + draft.index + "]");
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                inputField(parser, draft);
            }
            if (draft.dataOffset != InputDraft.ABSENT && draft.data == null) {
                readDataAgain(draft);
            }
            found.add(draft);
        }
    }

    private void inputField(JsonParser parser, InputDraft draft) throws IOException, Refusal {
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
                JsonFields.parameters(parser, "'parameters'", (p, name) -> inputParameter(p, name, draft));
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

    private static boolean inputParameter(JsonParser parser, String name, InputDraft draft)
            throws IOException, Refusal {
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

    private void readOutputs(JsonParser parser) throws IOException, Refusal {
        if (parser.currentToken() == JsonToken.VALUE_NULL) {
            return;
        }
        JsonFields.requireArray(parser, "'outputs'");
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (outputs.size() == InputDraft.TENSORS_MAX) {
                throw new Refusal("'outputs' has more than " + InputDraft.TENSORS_MAX + " entries");
            }
            String label = "outputs[" + outputs.size() + "]";
            JsonFields.requireObject(parser, label);
            String[] name = new String[1];
            Boolean[] binary = new Boolean[1];
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String field = parser.currentName();
                parser.nextToken();
                if (field.equals("name")) {
                    name[0] = JsonFields.string(parser, label + ": 'name'");
                } else if (field.equals("parameters")) {
                    JsonFields.parameters(parser, label + ": 'parameters'",
                            (p, key) -> outputParameter(p, key, binary));
                } else {
                    parser.skipChildren();
                }
            }
            addOutput(label, name[0], binary[0]);
        }
    }

    private void addOutput(String label, @Nullable String name, @Nullable Boolean binary) throws Refusal {
        if (name == null) {
            throw new Refusal(label + ": 'name' is missing");
        }
        if (!outputs.add(name)) {
            throw new Refusal("output '" + JsonFields.abbreviate(name) + "' is requested twice");
        }
        if (binary != null) {
            binaryByOutput.put(name, binary);
        }
    }

    private static boolean outputParameter(JsonParser parser, String name, @Nullable Boolean[] binary)
            throws IOException, Refusal {
        switch (name) {
            case "binary_data" -> binary[0] = JsonFields.bool(parser, name);
            // Ignoring these two would answer with something else than was asked for.
            case "classification" -> throw new Refusal("classification of outputs is not supported");
            case "shared_memory_region" -> throw new Refusal("shared memory is not supported for outputs");
            default -> {
                return false;
            }
        }
        return true;
    }

    private boolean requestParameter(JsonParser parser, String name) throws IOException, Refusal {
        switch (name) {
            case "binary_data_output" -> binaryByDefault = JsonFields.bool(parser, name);
            case "segment" -> segment = JsonFields.string(parser, "parameter 'segment'");
            default -> {
                return false;
            }
        }
        return true;
    }
}
