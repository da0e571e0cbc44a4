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
/// @param versionFolders what lies in folders and may be a version, by the version's name
/// @param files        what is a file and may be a version, by the version's name
/// @param unreadable   keys of candidates that could not be looked at this time; nothing follows about them
/// @param isReadable   false when nothing could be looked at
/// @param folders      this folder and the folders of its versions
/// @param notes        what a person should know of, each a sentence
record ModelFolder(Optional<FileStamp> config, Optional<FileStamp> tritonConfig,
        SortedMap<String, Candidate> versionFolders, SortedMap<String, Candidate> files, Set<String> unreadable,
        boolean isReadable, List<Path> folders, List<String> notes) {
    /// Added to a version's name it is the key of the one that is refused. No name contains a slash, so it meets no other.
    private static final String SECOND = "/second";

    /// A file that may be a version.
    ///
    /// @param version its name, printable
    /// @param refusal why it cannot be a version whatever it holds, or empty
    record Candidate(String version, Path onnx, String refusal) {
        Candidate refused(String why) {
            return new Candidate(version, onnx, why);
        }
    }

    /// A folder that is there and tells nothing.
    static ModelFolder unreadable(Path folder) {
        return new ModelFolder(Optional.empty(), Optional.empty(), new TreeMap<>(), new TreeMap<>(), Set.of(), false,
                List.of(folder),
                List.of());
    }

    /// True when there is nothing of a model in it.
    boolean isBlank() {
        return isReadable && versionFolders.isEmpty() && files.isEmpty() && unreadable.isEmpty() && config.isEmpty()
                && tritonConfig.isEmpty();
    }

    /// What may be versions, by keys that stay the same from look to look. Of a folder and a file of the same version the second
    /// to come is refused, so that no copy displaces what runs; where neither is in use, the file.
    ///
    /// @param inUse ONNX files that are versions by now
    SortedMap<String, Candidate> candidates(Set<Path> inUse) {
        SortedMap<String, Candidate> candidates = new TreeMap<>(versionFolders);
        files.forEach((version, file) -> {
            Candidate folder = versionFolders.get(version);
            if (folder == null) {
                candidates.put(version, file);
            } else if (inUse.contains(file.onnx())) {
                candidates.put(version, file);
                candidates.put(version + SECOND,
                        folder.refused("the folder " + file.version() + " stands beside the file "
                                + file.version()
                                + ".onnx, which is the same version and was here first; rename one of them"));
            } else {
                candidates.put(version + SECOND,
                        file.refused("the file " + file.version() + ".onnx stands beside the folder "
                                + file.version() + ", which is the same version; rename one of them"));
            }
        });
        return candidates;
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
            return new ModelFolder(Optional.ofNullable(config), Optional.ofNullable(tritonConfig), versionFolders,
                    files,
                    unreadable, true, folders, notes);
        }
    }
}
