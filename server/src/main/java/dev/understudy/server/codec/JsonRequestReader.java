package dev.understudy.server.codec;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads the JSON part of an inference request in one pass over its bytes. Not thread-safe; one per request.
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
    private final Map<String, Integer> classesByOutput = new HashMap<>(4);
    private boolean binaryByDefault;

    /// A reader of `length` bytes of `body` from `offset`; the bytes must not change while it reads.
    JsonRequestReader(byte[] body, int offset, int length) {
        this.body = body;
        this.offset = offset;
        this.length = length;
    }

    AnswerForm form() {
        return binaryByOutput.isEmpty() && classesByOutput.isEmpty()
                ? binaryByDefault ? AnswerForm.BINARY : AnswerForm.JSON
                : new AnswerForm(binaryByDefault, binaryByOutput, classesByOutput);
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
                inputs = new JsonInputReader(body, offset, length).read(parser);
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

    /// One element of `outputs` while it is read.
    private static final class Wish {
        @Nullable
        String name;
        @Nullable
        Boolean binary;
        int classes;
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
            Wish wish = new Wish();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String field = parser.currentName();
                parser.nextToken();
                if (field.equals("name")) {
                    wish.name = JsonFields.string(parser, label + ": 'name'");
                } else if (field.equals("parameters")) {
                    JsonFields.parameters(parser, label + ": 'parameters'",
                            (p, key) -> outputParameter(p, key, wish));
                } else {
                    parser.skipChildren();
                }
            }
            add(label, wish);
        }
    }

    private void add(String label, Wish wish) throws Refusal {
        String name = wish.name;
        if (name == null) {
            throw new Refusal(label + ": 'name' is missing");
        }
        if (!outputs.add(name)) {
            throw new Refusal("output '" + JsonFields.abbreviate(name) + "' is requested twice");
        }
        if (wish.binary != null) {
            binaryByOutput.put(name, wish.binary);
        }
        if (wish.classes > 0) {
            classesByOutput.put(name, wish.classes);
        }
    }

    private static boolean outputParameter(JsonParser parser, String name, Wish wish) throws IOException, Refusal {
        switch (name) {
            case "binary_data" -> wish.binary = JsonFields.bool(parser, name);
            case "classification" -> {
                long classes = JsonFields.count(parser);
                if (classes < 0) {
                    throw new Refusal("parameter 'classification' must be an integer of at least 0");
                }
                wish.classes = (int) Math.min(Integer.MAX_VALUE, classes);
            }
            // Ignoring it would send the output elsewhere than was asked for.
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
