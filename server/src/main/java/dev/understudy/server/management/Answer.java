package dev.understudy.server.management;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/// What an endpoint answers, refusals included.
sealed interface Answer {
    /// A JSON body under an HTTP status.
    record Json(int status, JsonNode body) implements Answer {}

    /// A body as it is.
    record Text(String contentType, String body) implements Answer {}

    /// A file in a folder of its own; whoever sends it deletes both.
    record Download(Path file, String contentType, String fileName) implements Answer {
        void delete() throws IOException {
            Files.deleteIfExists(file);
            Files.deleteIfExists(Objects.requireNonNull(file.getParent()));
        }
    }

    JsonMapper MAPPER = JsonMapper.builder().build();

    static Answer ok(JsonNode body) {
        return new Json(200, body);
    }

    /// The protocol's error object: `{"error": "..."}`.
    static Json error(int status, String message) {
        return new Json(status, JsonNodeFactory.instance.objectNode().put("error", message));
    }

    static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }
}
