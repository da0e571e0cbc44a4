package dev.understudy.checkup;

import java.nio.file.Path;
import java.util.Optional;

/// A library of CUDA's that ONNX Runtime's CUDA provider uses. Immutable.
///
/// @param name      by which it is loaded: `libcudnn.so.9`
/// @param needed    whether the provider cannot be loaded without; else only some models cannot be run
/// @param file      the one that the loader finds
/// @param elsewhere a folder that holds one, where the loader does not look; empty where it finds one
public record CudaLibrary(String name, boolean needed, Optional<Path> file, Optional<Path> elsewhere) {
    boolean cudnn() {
        return name.startsWith("libcudnn");
    }

    boolean found() {
        return file.isPresent();
    }
}
