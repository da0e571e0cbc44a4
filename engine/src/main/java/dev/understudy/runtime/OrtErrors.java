package dev.understudy.runtime;

import ai.onnxruntime.OrtException;
import java.util.regex.Pattern;

/// ONNX Runtime's error texts, made fit for users: its own source positions and any file path are taken out.
final class OrtErrors {
    private static final Pattern CODE_PREFIX = Pattern.compile("^Error code - \\w+ - message:\\s*");
    private static final Pattern SOURCE_POSITION = Pattern
            .compile("\\S*\\.(cc|h|cpp):\\d+\\s+\\S+\\([^)]*\\)[^:]*?(?=[A-Z])");
    private static final Pattern PATH = Pattern.compile("(?<![\\w'])/[\\w.@+-]+(/[\\w.@+-]+)+");
    private static final int LENGTH_MAX = 300;

    private OrtErrors() {}

    /// One line, at most 300 characters.
    static String text(OrtException error) {
        String text = String.valueOf(error.getMessage()).replaceAll("\\s+", " ");
        text = CODE_PREFIX.matcher(text).replaceFirst("");
        text = SOURCE_POSITION.matcher(text).replaceAll("");
        text = PATH.matcher(text).replaceAll("the file").strip();
        return text.length() <= LENGTH_MAX ? text : text.substring(0, LENGTH_MAX) + "...";
    }
}
