package dev.understudy.server.management;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.understudy.engine.ModelStatus;
import dev.understudy.engine.NoiseStatus;
import dev.understudy.journal.JournalEvent;
import dev.understudy.runtime.Isolation;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/// The description and the API say the same.
final class OpenApiTest {
    private static final Set<String> METHODS = Set.of("get", "put", "post", "delete", "patch");

    private static final Map<String, String> BODIES = Map.of("/models/:model/sampling", "{\"rate\":0.5}",
            "/models/:model/criteria", "promote_when: [agreement: {at_least: 95%}]", "/models/:model/feedback",
            "{\"request_id\": \"r1\", \"label\": 3}");

    private final StageView view = new StageView();
    private final JsonNode document = parsed(StaticPages.load().openApi());

    private static JsonNode parsed(String text) {
        try {
            return Caller.JSON.readTree(text);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private List<Endpoint> endpoints() {
        return new ManagementApi(view, new MetricsPage(view), StaticPages.load()).endpoints();
    }

    private JsonNode resolved(JsonNode node) {
        if (!node.has("$ref")) {
            return node;
        }
        JsonNode target = document.at(node.get("$ref").textValue().substring(1));
        assertFalse(target.isMissingNode(), node::toString);
        return target;
    }

    @Test
    void everyRouteIsDescribedWithItsParametersAndNothingElseIs() {
        Map<String, Set<String>> routes = new TreeMap<>();
        for (Endpoint endpoint : endpoints()) {
            Set<String> parameters = new TreeSet<>(endpoint.parameters());
            for (String segment : endpoint.path().split("/", -1)) {
                if (segment.startsWith(":")) {
                    parameters.add(segment.substring(1));
                }
            }
            parameters.add(endpoint.access().name());
            routes.put(endpoint.method().name() + " " + endpoint.template(), parameters);
        }
        Map<String, Set<String>> described = new TreeMap<>();
        document.get("paths").properties().forEach(path -> path.getValue().properties().forEach(operation -> {
            assertTrue(METHODS.contains(operation.getKey()), operation::getKey);
            Set<String> parameters = new TreeSet<>();
            for (JsonNode parameter : operation.getValue().path("parameters")) {
                parameters.add(resolved(parameter).get("name").textValue());
            }
            parameters.add(operation.getValue().has("security") ? "OPEN" : "GUARDED");
            described.put(operation.getKey().toUpperCase(Locale.ROOT) + " " + path.getKey(), parameters);
        }));

        assertEquals(routes, described);
    }

    @Test
    void everyReferenceLeadsSomewhere() {
        for (JsonNode node : document.findParents("$ref")) {
            resolved(node);
        }
    }

    @Test
    void theWordsThatAreDescribedAreThoseThatTheTypesHave() {
        assertWords("isolation", Isolation.values(), Isolation::label);
        assertWords("state", ModelStatus.State.values(), ModelStatus.State::label);
        List<String> kinds = Arrays.stream(JournalEvent.Kind.values()).map(JournalEvent.Kind::label).toList();
        assertEquals(kinds, words(document.at("/components/schemas/Event/properties/kind")));
    }

    private <T> void assertWords(String property, T[] values, Function<T, String> label) {
        List<String> expected = Arrays.stream(values).map(label).toList();
        List<JsonNode> described = document.findValues("properties").stream()
                .map(properties -> properties.path(property)).filter(JsonNode::isObject).toList();
        assertFalse(described.isEmpty(), property);
        described.forEach(each -> assertEquals(expected, words(each), property));
    }

    private static List<String> words(JsonNode schema) {
        return elements(schema.path("enum")).map(JsonNode::textValue).toList();
    }

    @Test
    void whatTheApiAnswersIsWhatIsDescribed() throws Exception {
        view.models = List.of(Cast.model("digits", Cast.challenger("2", Cast.CHALLENGER_SHA)),
                new ModelStatus("new", Optional.empty(), List.of(Cast.refused("bad", Cast.OTHER_SHA, "no")), 1,
                        ModelStatus.Effect.UNKNOWN,
                        List.of("nothing serves"), Cast.criteria(), NoiseStatus.NONE));
        view.comparisons = List.of(Cast.stored("r1"));
        view.capture = Cast.capture("r1");
        view.events = List.of(Cast.event(JournalEvent.Kind.SAMPLING, "0.5"));
        int checked = 0;
        for (Endpoint endpoint : endpoints()) {
            JsonNode schema = document.at(pointer(endpoint));
            if (schema.isMissingNode() || endpoint.path().equals("/openapi.json")) {
                continue;
            }
            Call call = new Call(Map.of("model", "digits", "version", "2", "request_id", "r1"), Map.of(),
                    BODIES.getOrDefault(endpoint.path(), ""), null, "ann (127.0.0.1)");
            JsonNode body = switch (endpoint.action().answer(call)) {
                case Answer.Json json -> parsed(Answer.MAPPER.writeValueAsString(json.body()));
                case Answer.Text text -> parsed(text.body());
                case Answer.Download download -> throw new IllegalStateException(download.toString());
            };
            check(schema, body, endpoint.template());
            checked++;
        }
        assertEquals(15, checked);
        assertEquals(Cast.pair(Cast.CHALLENGER_SHA), Cast.comparison("r1").pair());
    }

    private static String pointer(Endpoint endpoint) {
        return "/paths/" + endpoint.template().replace("~", "~0").replace("/", "~1") + "/"
                + endpoint.method().name().toLowerCase(Locale.ROOT)
                + "/responses/200/content/application~1json/schema";
    }

    /// Stricter than JSON Schema: what is not described may not be there.
    private void check(JsonNode reference, JsonNode value, String where) {
        JsonNode schema = resolved(reference);
        if (schema.has("oneOf")) {
            assertTrue(elements(schema.get("oneOf")).anyMatch(each -> hasType(resolved(each), value)), where);
            elements(schema.get("oneOf")).filter(each -> hasType(resolved(each), value))
                    .forEach(each -> check(each, value, where));
            return;
        }
        assertTrue(hasType(schema, value), () -> where + ": " + value);
        if (schema.has("enum")) {
            assertTrue(elements(schema.get("enum")).anyMatch(value::equals), () -> where + ": " + value);
        }
        if (value.isArray()) {
            assertFalse(value.isEmpty(), where);
            value.forEach(element -> check(schema.get("items"), element, where + "[]"));
        }
        if (value.isObject() && schema.has("properties")) {
            for (JsonNode required : schema.get("required")) {
                assertTrue(value.has(required.textValue()), () -> where + " lacks " + required);
            }
            value.properties().forEach(field -> {
                JsonNode described = schema.get("properties").get(field.getKey());
                assertTrue(described != null, () -> where + " has undescribed " + field.getKey());
                if (described != null && !isEmptyList(field.getValue())) {
                    check(described, field.getValue(), where + "." + field.getKey());
                }
            });
        }
    }

    private static Stream<JsonNode> elements(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false);
    }

    private static boolean isEmptyList(JsonNode value) {
        return value.isArray() && value.isEmpty();
    }

    private static boolean hasType(JsonNode schema, JsonNode value) {
        JsonNode type = schema.path("type");
        if (type.isMissingNode()) {
            return true;
        }
        if (type.isArray()) {
            return elements(type).anyMatch(each -> isType(each.textValue(), value));
        }
        return isType(type.textValue(), value);
    }

    private static boolean isType(String type, JsonNode value) {
        return switch (type) {
            case "object" -> value.isObject();
            case "array" -> value.isArray();
            case "string" -> value.isTextual();
            case "boolean" -> value.isBoolean();
            case "integer" -> value.isIntegralNumber();
            case "number" -> value.isNumber();
            case "null" -> value.isNull();
            default -> throw new IllegalArgumentException(type);
        };
    }
}
