package dev.understudy.runtime;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;

/// Keeps ONNX Runtime's native libraries unpacked in one folder, so that no start and no probation process unpacks them
/// again or leaves a folder behind in the temporary directory.
public final class OrtNatives {
    /// ONNX Runtime reads this when its first class is loaded.
    private static final String PATH_PROPERTY = "onnxruntime.native.path";
    private static final List<String> LIBRARIES = List.of("onnxruntime", "onnxruntime4j_jni");

    private OrtNatives() {}

    /// Unpacks the libraries into `directory` where they are missing and points ONNX Runtime there. Must be called before
    /// any of its classes is used; a path set by the user wins, as does an unknown platform, where ONNX Runtime is left
    /// to find its libraries alone.
    ///
    /// @throws IOException when the folder cannot be written
    public static void unpackInto(Path directory) throws IOException {
        if (System.getProperty(PATH_PROPERTY) != null) {
            return;
        }
        ClassLoader loader = OrtNatives.class.getClassLoader();
        String folder = "ai/onnxruntime/native/" + platform() + "/";
        for (String library : LIBRARIES) {
            String file = System.mapLibraryName(library);
            try (InputStream in = loader.getResourceAsStream(folder + file)) {
                if (in == null) {
                    return;
                }
                unpack(in, directory.resolve(file));
            }
        }
        System.setProperty(PATH_PROPERTY, directory.toAbsolutePath().toString());
    }

    /// The JVM options a child process needs to find the same libraries.
    static List<String> childOptions() {
        String path = System.getProperty(PATH_PROPERTY);
        return path == null ? List.of() : List.of("-D" + PATH_PROPERTY + "=" + path);
    }

    private static void unpack(InputStream in, Path target) throws IOException {
        if (Files.exists(target)) {
            return;
        }
        Files.createDirectories(target.getParent());
        Path partial = Files.createTempFile(target.getParent(), target.getFileName().toString(), ".partial");
        try {
            Files.copy(in, partial, StandardCopyOption.REPLACE_EXISTING);
            Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(partial);
        }
    }

    private static String platform() {
        String name = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        String os = name.startsWith("linux") ? "linux" : name.startsWith("mac") ? "osx" : "win";
        String arch = System.getProperty("os.arch", "");
        return os + "-" + (arch.equals("amd64") || arch.equals("x86_64") ? "x64" : arch);
    }
}
