package dev.understudy.model;

import java.nio.file.Path;

/// One version of one model, identified by its bytes: the same name over other bytes is another version.
///
/// @param model    the model's name, the name of its folder in the repository
/// @param version  the name the repository gives it: `2` for `2/model.onnx` or `2.onnx`, `model` for `model.onnx`
/// @param sha256   64 lower-case hex digits over the ONNX file and every external data file it names: of a model in one
///                 file what `sha256sum` prints of it, else the SHA-256 of what `sha256sum` prints of all files, the
///                 ONNX file called `model.onnx`, in the order of `LC_ALL=C sort -k 2`
/// @param file     the ONNX file of the copy in the object store; nothing ever opens the original
/// @param bytes    size of all its files
public record ModelVersion(String model, String version, String sha256, Path file, long bytes) {
    /// What messages call it: `digits 2`.
    public String title() {
        return model + " " + version;
    }

    /// How the version is listed when another content holds its name: `2@1f0c22ab`.
    public String qualifiedName() {
        return version + "@" + sha256.substring(0, 8);
    }
}
