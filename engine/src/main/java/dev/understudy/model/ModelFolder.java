package dev.understudy.model;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What one look found in a model's folder. Immutable.
///
/// @param config       `model.yaml`
/// @param tritonConfig `config.pbtxt`
/// @param candidates   what may be versions, by keys that stay the same from look to look
/// @param unreadable   keys of candidates that could not be looked at this time; nothing follows about them
/// @param isReadable   false when nothing could be looked at
/// @param folders      this folder and the folders of its versions
/// @param notes        what a person should know of, each a sentence
record ModelFolder(Optional<FileStamp> config, Optional<FileStamp> tritonConfig,
        SortedMap<String, Candidate> candidates,
        Set<String> unreadable, boolean isReadable, List<Path> folders, List<String> notes) {

    /// A file that may be a version.
    ///
    /// @param version its name, printable
    /// @param refusal why it cannot be a version whatever it holds, or empty
    record Candidate(String version, Path onnx, String refusal) {}

    /// A folder that is there and tells nothing.
    static ModelFolder unreadable(Path folder) {
        return new ModelFolder(Optional.empty(), Optional.empty(), new TreeMap<>(), Set.of(), false, List.of(folder),
                List.of());
    }

    /// True when there is nothing of a model in it.
    boolean isBlank() {
        return isReadable && candidates.isEmpty() && unreadable.isEmpty() && config.isEmpty()
                && tritonConfig.isEmpty();
    }

    /// Not thread-safe; owned by the look that fills it.
    static final class Builder {
        private @Nullable FileStamp config;
        private @Nullable FileStamp tritonConfig;
        private final SortedMap<String, Candidate> versionFolders = new TreeMap<>();
        private final SortedMap<String, Candidate> files = new TreeMap<>();
        private final Set<String> unreadable = new HashSet<>();
        private final List<Path> folders = new ArrayList<>();
        private final List<String> notes = new ArrayList<>();

        Builder(Path folder) {
            folders.add(folder);
        }

        void config(FileStamp stamp) {
            config = stamp;
        }

        void tritonConfig(FileStamp stamp) {
            tritonConfig = stamp;
        }

        void folder(Path folder) {
            folders.add(folder);
        }

        void versionFolder(String version, Path onnx, String refusal) {
            versionFolders.put(version, new Candidate(ModelRepository.printable(version), onnx, refusal));
        }

        void file(String version, Path onnx, String refusal) {
            files.put(version, new Candidate(ModelRepository.printable(version), onnx, refusal));
        }

        void unreadable(String key, String note) {
            unreadable.add(key);
            note(note);
        }

        void note(String sentence) {
            notes.add(sentence);
        }

        ModelFolder build() {
            SortedMap<String, Candidate> candidates = new TreeMap<>(versionFolders);
            files.forEach((version, file) -> {
                if (versionFolders.containsKey(version)) {
                    // No name contains a slash, so this key meets no other.
                    candidates.put(version + "/file", new Candidate(file.version(), file.onnx(),
                            "the file " + file.version() + ".onnx stands beside the folder " + file.version()
                                    + ", which is the same version; rename one of them"));
                } else {
                    candidates.put(version, file);
                }
            });
            return new ModelFolder(Optional.ofNullable(config), Optional.ofNullable(tritonConfig), candidates,
                    unreadable, true, folders, notes);
        }
    }
}
