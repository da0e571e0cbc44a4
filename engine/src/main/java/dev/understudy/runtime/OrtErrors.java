package dev.understudy.runtime;

import dev.understudy.ffm.ort.OrtFailure;
import java.nio.file.Path;
import java.util.regex.Pattern;

/// ONNX Runtime's error texts, made fit for users: its own source positions and any file path are taken out.
final class OrtErrors {
    /// A file of its sources, the line, and the function: with its arguments, as the compiler writes them, or its name alone.
    private static final Pattern SOURCE_POSITION = Pattern.compile("[^\\s:]*\\.(?:cc|h|hpp|cpp|cu|cuh):\\d+\\s+(?:"
            + "[^()]*[^()\\s]\\((?:[^()]|\\((?:[^()]|\\([^()]*\\))*\\))*\\)(?:::<lambda[^>]*>)?"
            + "(?:\\s*const)?(?:\\s*\\[with [^\\]]*\\])?:?\\s*|\\w+\\s+(?=[A-Z]))");
    private static final Pattern PATH = Pattern.compile("(?<![\\w'])/[\\w.@+-]+(/[\\w.@+-]+)+");
    private static final int LENGTH_MAX = 300;
    /// What is looked at: texts repeat names out of the model, and searching takes the square of the length.
    private static final int READ_MAX = 2_000;

    private OrtErrors() {}

    /// One line, at most 300 characters.
    static String text(OrtFailure error) {
        return clean(error.text());
    }

    /// The same of an error in loading `file`, whose own folders may have names that no pattern knows for a path.
    static String text(OrtFailure error, Path file) {
        return clean(error.text(), file);
    }

    static String clean(String message, Path file) {
        String text = message.replace(file.toString(), "the file");
        Path folder = file.getParent();
        return clean(folder == null ? text : text.replace(folder + "/", ""));
    }

    static String clean(String message) {
        String text = message.substring(0, Math.min(message.length(), READ_MAX)).replaceAll("\\s+", " ");
        text = SOURCE_POSITION.matcher(text).replaceAll("");
        text = PATH.matcher(text).replaceAll("the file").strip();
        return text.length() <= LENGTH_MAX ? text : text.substring(0, LENGTH_MAX) + "...";
    }
}
