package dev.understudy.model;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// The rules for names of external data files: relative, and staying inside the model's folder.
final class ExternalName {
    private ExternalName() {}

    /// The name with `/` between its parts and without empty or `.` parts, or null when it is not allowed.
    static @Nullable String normalise(String location) {
        if (location.isEmpty() || location.chars().anyMatch(Character::isISOControl)) {
            return null;
        }
        Path path;
        try {
            path = Path.of(location);
        } catch (InvalidPathException e) {
            return null;
        }
        if (path.isAbsolute()) {
            return null;
        }
        for (Path part : path) {
            if (part.toString().equals("..")) {
                return null;
            }
        }
        String name = path.normalize().toString();
        return name.isEmpty() ? null : name;
    }

    /// True when links lead the file out of the folder of the ONNX file. A model whose ONNX file is itself a link may
    /// have its other files beside the link's target, as download caches lay them out.
    static boolean escapes(Path onnx, Path file) throws IOException {
        Path folder = onnx.toAbsolutePath().getParent();
        Path target = onnx.toRealPath().getParent();
        Path real = file.toRealPath();
        return (folder == null || !real.startsWith(folder.toRealPath()))
                && (target == null || !real.startsWith(target));
    }
}
