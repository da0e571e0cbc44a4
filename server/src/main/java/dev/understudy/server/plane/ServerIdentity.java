package dev.understudy.server.plane;

import java.util.List;

/// What the server says it is, over REST and gRPC alike. Immutable.
///
/// @param name    as configured: some clients insist on the one they were written for
/// @param version the version this program was built as
public record ServerIdentity(String name, String version) {
    public static final String DEFAULT_NAME = "understudy";
    /// Extensions are named only where the whole of them is served; the repository's index is answered too, but the
    /// extension it belongs to also loads and unloads.
    public static final List<String> EXTENSIONS = List.of("binary_tensor_data", "classification",
            "model_configuration", "statistics");
    /// Triton's words, and the way it goes here, for clients that ask to load or unload a model.
    public static final String LOADS_NOT_BY_REQUEST = "explicit model load / unload is not allowed if polling is "
            + "enabled: put a model's files into the repository's folder, or take them out";

    /// This build under `name`.
    public static ServerIdentity named(String name) {
        return new ServerIdentity(name, BuildVersion.read());
    }
}
