package dev.understudy.engine;

/// One line of the protocol's repository index: a version and whether it can be served.
///
/// @param version empty for a model without any
/// @param reason why it is not ready, else empty
public record RepositoryEntry(String name, String version, State state, String reason) {
    /// Triton's states.
    public enum State {
        READY, UNAVAILABLE, LOADING
    }
}
