package dev.understudy.server.management;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.csv.CsvFactory;
import com.fasterxml.jackson.dataformat.csv.CsvParser;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import dev.understudy.journal.Label;
import dev.understudy.journal.Prediction;
import dev.understudy.verdict.Task;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The body of `POST /models/{model}/feedback`: labels as one JSON object, an array of them, JSON lines, or CSV.
///
/// One reader takes all three of JSON: it is a sequence of objects, with or without an array around it.
sealed interface FeedbackBody {
    /// Labels of one call.
    int LABELS_MAX = 100_000;
    int ID_CHARS_MAX = 128;
    int LABEL_CHARS_MAX = 256;
    Set<String> KEYS = Set.of("request_id", "label", "labels");
    String CSV_EXAMPLE = "request_id,label and below it lines such as a1b2,3";
    String EXAMPLE = "{\"request_id\": \"...\", \"label\": 3}";

    record Valid(List<Label> labels) implements FeedbackBody {
        public Valid {
            labels = List.copyOf(labels);
        }
    }

    /// Refused as a whole, in one sentence for the caller that names the line.
    record Invalid(String reason) implements FeedbackBody {}

    /// Reads the body; nothing of it counts unless all of it can be read.
    ///
    /// @param contentType `text/csv` for CSV, anything else is taken for JSON
    static FeedbackBody of(Task task, @Nullable String contentType, String body) {
        boolean csv = contentType != null && contentType.toLowerCase(Locale.ROOT).startsWith("text/csv");
        List<Label> labels = new ArrayList<>();
        try (JsonParser parser = csv ? csv(body) : json(body)) {
            String refusal = read(parser, task, labels);
            if (!refusal.isEmpty()) {
                return new Invalid(refusal);
            }
        } catch (JsonProcessingException e) {
            int line = e.getLocation() == null ? 1 : Math.max(1, e.getLocation().getLineNr());
            return new Invalid("line " + line + ": " + (csv
                    ? "this has not a cell for each column of the first line, or a quote is not closed: expected "
                            + CSV_EXAMPLE
                    : "this is not JSON: expected " + EXAMPLE));
        } catch (IOException e) {
            return new Invalid("the body cannot be read");
        }
        return labels.isEmpty() ? new Invalid("the body holds no label: expected " + EXAMPLE) : new Valid(labels);
    }

    private static JsonParser json(String body) throws IOException {
        return JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build()
                .setCodec(Answer.MAPPER).createParser(body);
    }

    private static JsonParser csv(String body) throws IOException {
        CsvParser parser = CsvFactory.builder().enable(CsvParser.Feature.TRIM_SPACES)
                .enable(CsvParser.Feature.FAIL_ON_MISSING_COLUMNS).enable(CsvParser.Feature.SKIP_EMPTY_LINES).build()
                .createParser(body);
        parser.setCodec(Answer.MAPPER);
        parser.setSchema(CsvSchema.emptySchema().withHeader());
        return parser;
    }

    private static String read(JsonParser parser, Task task, List<Label> labels) throws IOException {
        int depth = 0;
        for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
            int line = Math.max(1, parser.currentTokenLocation().getLineNr());
            if (token == JsonToken.START_ARRAY && depth == 0) {
                depth++;
            } else if (token == JsonToken.END_ARRAY) {
                depth--;
            } else if (token != JsonToken.START_OBJECT) {
                return "line " + line + ": a label is an object: expected " + EXAMPLE;
            } else {
                JsonNode node = Answer.MAPPER.readTree(parser);
                if (parser instanceof CsvParser) {
                    // Until its cells are read, the parser still stands on the line before.
                    line = parser.currentTokenLocation().getLineNr();
                }
                String refusal = labels.size() == LABELS_MAX
                        ? "one call takes at most " + LABELS_MAX + " labels; send the rest in another"
                        : take(node, task, labels);
                if (!refusal.isEmpty()) {
                    return "line " + line + ": " + refusal;
                }
            }
        }
        return "";
    }

    private static String take(JsonNode node, Task task, List<Label> labels) {
        for (Map.Entry<String, JsonNode> field : node.properties()) {
            if (!KEYS.contains(field.getKey())) {
                return "unknown key \"" + field.getKey() + "\"; known are request_id, label and labels";
            }
        }
        JsonNode id = node.path("request_id");
        if (!id.isTextual() || id.textValue().isEmpty() || id.textValue().length() > ID_CHARS_MAX) {
            return "request_id must be what the answer's header understudy-request-id said";
        }
        if (node.has("label") == node.has("labels")) {
            return "give either label, or for a request of several rows labels";
        }
        JsonNode given = node.has("label") ? node.get("label") : node.get("labels");
        if (node.has("labels") && (!given.isArray() || given.isEmpty() || given.size() > Prediction.ROWS_MAX)) {
            return "labels must list one label a row of the request, at most " + Prediction.ROWS_MAX;
        }
        List<String> truth = new ArrayList<>();
        for (JsonNode each : node.has("label") ? List.of(given) : given) {
            Optional<String> label = text(each).filter(text -> task.spelled(text).isPresent());
            if (label.isEmpty()) {
                return wanted(task);
            }
            truth.add(label.get());
        }
        labels.add(new Label(id.textValue(), truth));
        return "";
    }

    private static Optional<String> text(JsonNode node) {
        boolean usable = node.isValueNode() && !node.isNull() && node.asText().length() <= LABEL_CHARS_MAX;
        return usable ? Optional.of(node.asText()) : Optional.empty();
    }

    private static String wanted(Task task) {
        return switch (task.type()) {
            case REGRESSION -> "a label of this regression must be a finite number";
            case CLASSIFICATION -> task.labels().isEmpty()
                    ? "a label must be a class: its index or its text"
                    : "a label must be one of the task's labels, or an index from 0 to " + (task.labels().size() - 1);
        };
    }
}
