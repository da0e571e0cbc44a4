package dev.understudy.checkup;

import dev.understudy.ffm.Answer;
import dev.understudy.ffm.ort.OrtApi;
import dev.understudy.ffm.ort.OrtFailure;
import dev.understudy.runtime.OrtNatives;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// ONNX Runtime as this process has it. Immutable.
///
/// @param folder where its native libraries lie; empty where they are in its jar
/// @param loaded what it says of itself, or why it cannot be loaded
public record RuntimeFacts(Optional<Path> folder, Answer<Loaded> loaded) {
    /// What the loaded library says of itself.
    ///
    /// @param release   `1.28.0`
    /// @param providers execution providers that it is built with
    public record Loaded(String release, List<String> providers) {}

    /// Loads it.
    static RuntimeFacts gather() {
        return new RuntimeFacts(OrtNatives.folder(), load());
    }

    private static Answer<Loaded> load() {
        try {
            OrtApi api = OrtNatives.api();
            return new Answer.Granted<>(new Loaded(api.release(), api.providers()));
        } catch (OrtFailure | RuntimeException | LinkageError e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            return new Answer.Refused<>(String.valueOf(cause.getMessage()));
        }
    }
}
