package dev.understudy.server.codec;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Reads typed fields off a JSON stream, or says what stood there instead. Stateless, thread-safe.
final class JsonFields {
    /// Bare `NaN` stays malformed, as the JSON standard has it; nesting stays within the library's bound; clients' field
    /// names are not interned, since they would stay for ever.
    static final JsonFactory JSON = new JsonFactoryBuilder().disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.CHARSET_DETECTION).enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
            .streamReadConstraints(StreamReadConstraints.builder().maxStringLength(Integer.MAX_VALUE).build()).build();

    private static final int QUOTED_CHARS_MAX = 60;
    private static final List<String> ASIDES = List.of(" (for ", ": enable `", " (not recognized as ");
    private static final Pattern CONTROLS = Pattern.compile("\\p{Cntrl}");

    private JsonFields() {}

    /// Takes the parameter whose value is the parser's current token, or returns false to have it skipped.
    interface ParameterHandler {
        boolean take(JsonParser parser, String name) throws IOException, Refusal;
    }

    /// Reads an object of parameters; `null` counts as none.
    static void parameters(JsonParser parser, String label, ParameterHandler handler) throws IOException, Refusal {
        if (parser.currentToken() == JsonToken.VALUE_NULL) {
            return;
        }
        requireObject(parser, label);
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            parser.nextToken();
            if (!handler.take(parser, name)) {
                parser.skipChildren();
            }
        }
    }

    static void requireArray(JsonParser parser, String label) throws Refusal {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            throw new Refusal(label + " must be an array, not " + describe(parser.currentToken()));
        }
    }

    static void requireObject(JsonParser parser, String label) throws Refusal {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            throw new Refusal(label + " must be an object, not " + describe(parser.currentToken()));
        }
    }

    static String string(JsonParser parser, String label) throws IOException, Refusal {
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
            throw new Refusal(label + " must be a string, not " + describe(parser.currentToken()));
        }
        return parser.getText();
    }

    static boolean bool(JsonParser parser, String name) throws IOException, Refusal {
        if (!parser.currentToken().isBoolean()) {
            throw new Refusal("parameter '" + name + "' must be true or false");
        }
        return parser.getBooleanValue();
    }

    /// The current token as an integer of at least 0, or -1 when it is none that fits a long.
    static long count(JsonParser parser) throws IOException {
        if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT
                || parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
            return -1;
        }
        return Math.max(-1, parser.getLongValue());
    }

    static String describe(@Nullable JsonToken token) {
        return switch (token) {
            case START_OBJECT, END_OBJECT, FIELD_NAME -> "an object";
            case START_ARRAY, END_ARRAY -> "an array";
            case VALUE_STRING -> "a string";
            case VALUE_NUMBER_INT -> "an integer";
            case VALUE_NUMBER_FLOAT -> "a fraction";
            case VALUE_TRUE, VALUE_FALSE -> "a boolean";
            case VALUE_NULL -> "null";
            case null, default -> "nothing";
        };
    }

    /// A parser's message without its account of the source and its advice to whoever programs with it.
    static String complaint(@Nullable String message) {
        String line = message == null ? "" : message.lines().findFirst().orElse("");
        for (String aside : ASIDES) {
            int at = line.indexOf(aside);
            line = at < 0 ? line : line.substring(0, at);
        }
        return line.startsWith("Non-standard token")
                ? line + " is no number of JSON: send such values in binary"
                : line;
    }

    /// Client text short enough to stand in a message, and on one line.
    static String abbreviate(String text) {
        String some = text.length() <= QUOTED_CHARS_MAX ? text : text.substring(0, QUOTED_CHARS_MAX) + "...";
        return CONTROLS.matcher(some).replaceAll("?");
    }
}
