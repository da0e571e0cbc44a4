package dev.understudy.server.codec;

import java.util.Map;

/// Which outputs a client wants in binary. Immutable, thread-safe.
///
/// @param binaryByDefault the request's `binary_data_output`
/// @param byOutput        the `binary_data` of the outputs that gave one; it overrides the default either way
public record AnswerForm(boolean binaryByDefault, Map<String, Boolean> byOutput) {
    /// Everything as JSON.
    public static final AnswerForm JSON = new AnswerForm(false, Map.of());

    /// Everything in binary.
    public static final AnswerForm BINARY = new AnswerForm(true, Map.of());

    public AnswerForm {
        byOutput = Map.copyOf(byOutput);
    }

    /// Whether the output of this name goes out in binary.
    public boolean isBinary(String output) {
        return byOutput.isEmpty() ? binaryByDefault : byOutput.getOrDefault(output, binaryByDefault);
    }
}
