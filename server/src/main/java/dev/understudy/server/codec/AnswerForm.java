package dev.understudy.server.codec;

import java.util.Map;

/// How a client wants its outputs. Immutable, thread-safe.
///
/// @param binaryByDefault the request's `binary_data_output`
/// @param binary          the `binary_data` of the outputs that gave one; it overrides the default either way
/// @param classes         the `classification` of the outputs that gave one: how many of the greatest elements are wanted
///                        instead of the output
public record AnswerForm(boolean binaryByDefault, Map<String, Boolean> binary, Map<String, Integer> classes) {
    /// Everything as JSON.
    public static final AnswerForm JSON = new AnswerForm(false, Map.of(), Map.of());

    /// Everything in binary.
    public static final AnswerForm BINARY = new AnswerForm(true, Map.of(), Map.of());

    public AnswerForm {
        binary = Map.copyOf(binary);
        classes = Map.copyOf(classes);
    }

    /// Whether the output of this name goes out in binary.
    public boolean isBinary(String output) {
        return binary.isEmpty() ? binaryByDefault : binary.getOrDefault(output, binaryByDefault);
    }
}
