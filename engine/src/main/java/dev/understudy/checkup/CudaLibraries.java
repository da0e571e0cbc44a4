package dev.understudy.checkup;

import dev.understudy.ffm.SharedLibrary;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// Looks for the libraries that ONNX Runtime's CUDA provider uses. Thread-safe: stateless.
final class CudaLibraries {
    /// Part of the driver, which is looked at by itself.
    private static final String DRIVER = "libcuda.so.1";
    /// What a provider that does not need it loads at the first convolution.
    private static final String CUDNN = "libcudnn.so.9";
    /// Where installers put them, `*` for any folder; also under a Python environment in use.
    private static final List<String> USUAL = List.of("/usr/local/cuda*/lib64",
            "/usr/local/cuda*/targets/x86_64-linux/lib", "/usr/lib/x86_64-linux-gnu", "/usr/lib64",
            "/usr/local/lib/python3*/*-packages/nvidia/*/lib");
    private static final Map<String, String> UNDER = Map.of("VIRTUAL_ENV", "/lib/python3*/site-packages/nvidia/*/lib",
            "CONDA_PREFIX", "/lib");

    private CudaLibraries() {}

    /// What the provider uses of CUDA's, whether the loader finds it or not.
    ///
    /// @param needed what the provider names as needed
    static List<CudaLibrary> look(List<String> needed, Map<String, String> environment) {
        return look(needed, SharedLibrary::find, places(environment));
    }

    /// The same with another loader.
    static List<CudaLibrary> look(List<String> needed, Function<String, Optional<Path>> loader, List<Path> places) {
        List<CudaLibrary> libraries = new ArrayList<>();
        for (String name : needed) {
            if (name.startsWith("libcu") && !name.equals(DRIVER)) {
                libraries.add(library(name, true, loader, places));
            }
        }
        if (!needed.contains(CUDNN)) {
            libraries.add(library(CUDNN, false, loader, places));
        }
        return libraries;
    }

    private static CudaLibrary library(String name, boolean needed, Function<String, Optional<Path>> loader,
            List<Path> places) {
        Optional<Path> file = loader.apply(name);
        Optional<Path> elsewhere = file.isPresent()
                ? Optional.empty()
                : places.stream().filter(place -> Files.exists(place.resolve(name))).findFirst();
        return new CudaLibrary(name, needed, file, elsewhere);
    }

    /// The usual folders that are there.
    private static List<Path> places(Map<String, String> environment) {
        List<Path> places = new ArrayList<>();
        UNDER.forEach((variable, pattern) -> {
            String root = environment.getOrDefault(variable, "");
            if (root.startsWith("/")) {
                places.addAll(matching(Path.of(root), pattern));
            }
        });
        USUAL.forEach(pattern -> places.addAll(matching(Path.of("/"), pattern)));
        return places;
    }

    /// The folders below `root` that a pattern means, in no order.
    static List<Path> matching(Path root, String pattern) {
        List<Path> reached = List.of(root);
        for (String step : pattern.substring(1).split("/", -1)) {
            List<Path> next = new ArrayList<>();
            for (Path folder : reached) {
                if (!step.contains("*")) {
                    next.add(folder.resolve(step));
                    continue;
                }
                try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, step)) {
                    entries.forEach(next::add);
                } catch (IOException | DirectoryIteratorException e) {
                    // Not there, or not for this user to read.
                }
            }
            reached = next;
        }
        return reached.stream().filter(Files::isDirectory).toList();
    }
}
