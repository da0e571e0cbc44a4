package dev.understudy.model;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/// The files of one version in the repository, as they were at one look. Immutable.
///
/// @param onnx   the ONNX file, under whatever name
/// @param stamps state by name in the store; external files that do not exist are left out
record VersionFiles(Path onnx, SortedMap<String, FileStamp> stamps) {
    VersionFiles {
        stamps = Collections.unmodifiableSortedMap(new TreeMap<>(stamps));
    }

    /// @throws NoSuchFileException when the ONNX file does not exist
    static VersionFiles look(Path onnx, List<OnnxFile.ExternalFile> external) throws IOException {
        SortedMap<String, FileStamp> stamps = new TreeMap<>();
        stamps.put(ContentHash.ONNX_NAME, FileStamp.of(onnx));
        for (OnnxFile.ExternalFile file : external) {
            try {
                stamps.put(file.name(), FileStamp.of(onnx.resolveSibling(file.name())));
            } catch (NoSuchFileException e) {
                stamps.remove(file.name());
            }
        }
        return new VersionFiles(onnx, stamps);
    }

    Path path(String name) {
        return name.equals(ContentHash.ONNX_NAME) ? onnx : onnx.resolveSibling(name);
    }

    FileStamp onnxStamp() {
        return Objects.requireNonNull(stamps.get(ContentHash.ONNX_NAME));
    }

    /// The size of all files.
    long bytes() {
        return stamps.values().stream().mapToLong(FileStamp::bytes).sum();
    }

    /// True while every file is still as it was.
    boolean areUnchanged() throws IOException {
        for (String name : stamps.keySet()) {
            if (!FileStamp.of(path(name)).equals(stamps.get(name))) {
                return false;
            }
        }
        return true;
    }

    Collection<FileStamp> all() {
        return stamps.values();
    }
}
