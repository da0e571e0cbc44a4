package dev.understudy.runtime;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtLoggingLevel;
import dev.understudy.ffm.ort.OrtApi;
import dev.understudy.ffm.ort.OrtFailure;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// ONNX Runtime's native libraries: keeps them unpacked in one folder, so that no start and no probation process unpacks
/// them again or leaves a folder behind in the temporary directory, and has them loaded. Thread-safe.
///
/// Unpacking and loading is all that ONNX Runtime's Java API is used for; models are run by its C API.
public final class OrtNatives {
    /// ONNX Runtime reads this when its first class is loaded.
    private static final String PATH_PROPERTY = "onnxruntime.native.path";
    private static final List<String> LIBRARIES = List.of("onnxruntime", "onnxruntime4j_jni");

    /// What this class set the property to, so that a later engine of the same process is not kept to a folder that
    /// may be gone; a value set by the user is.
    private static @Nullable String own;

    private static @Nullable OrtApi api;

    private OrtNatives() {}

    /// The C API of the libraries, loaded when first asked for.
    ///
    /// @throws OrtFailure when they are there and do not start
    public static synchronized OrtApi api() throws OrtFailure {
        OrtApi loaded = api;
        if (loaded == null) {
            OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL, "understudy");
            loaded = OrtApi.ofLoadedLibrary();
            api = loaded;
        }
        return loaded;
    }

    /// Unpacks the libraries into `directory` where they are missing and points ONNX Runtime there. Must be called before
    /// any of its classes is used; a path set by the user wins, as does an unknown platform, where ONNX Runtime is left
    /// to find its libraries alone.
    ///
    /// @throws IOException when the folder cannot be written
    public static synchronized void unpackInto(Path directory) throws IOException {
        String set = System.getProperty(PATH_PROPERTY);
        if (set != null && !set.equals(own)) {
            return;
        }
        ClassLoader loader = OrtNatives.class.getClassLoader();
        String folder = "ai/onnxruntime/native/" + platform() + "/";
        for (String name : LIBRARIES) {
            String file = System.mapLibraryName(name);
            URL library = loader.getResource(folder + file);
            if (library == null) {
                return;
            }
            unpack(library, directory.resolve(file));
        }
        own = directory.toAbsolutePath().toString();
        System.setProperty(PATH_PROPERTY, own);
    }

    /// The folder they are taken from; empty where ONNX Runtime is left to find them alone.
    public static Optional<Path> folder() {
        return Optional.ofNullable(System.getProperty(PATH_PROPERTY)).map(Path::of);
    }

    /// The JVM options a child process needs to find the same libraries.
    static List<String> childOptions() {
        String path = System.getProperty(PATH_PROPERTY);
        return path == null ? List.of() : List.of("-D" + PATH_PROPERTY + "=" + path);
    }

    private static void unpack(URL library, Path target) throws IOException {
        URLConnection connection = library.openConnection();
        // Another size is another release, left by an earlier version of this program.
        if (Files.exists(target) && Files.size(target) == connection.getContentLengthLong()) {
            return;
        }
        Files.createDirectories(target.getParent());
        Path partial = Files.createTempFile(target.getParent(), target.getFileName().toString(), ".partial");
        try (InputStream in = connection.getInputStream()) {
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
