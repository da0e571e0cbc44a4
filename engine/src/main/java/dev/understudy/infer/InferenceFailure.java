package dev.understudy.infer;

/// A request that was refused or that failed, in words for the client: what was wrong, where, what would be right.
///
/// @param message one sentence; never a path, never a stack trace
public record InferenceFailure(Kind kind, String message) implements InferenceOutcome {
    /// Who has to act on a failure; each protocol maps it to its own status.
    public enum Kind {
        /// The client's request is wrong: HTTP 400, gRPC INVALID_ARGUMENT.
        INVALID_ARGUMENT,
        /// No such model or version: HTTP 404, gRPC NOT_FOUND.
        NOT_FOUND,
        /// Too busy, loading or stopping; worth another try: HTTP 503, gRPC UNAVAILABLE.
        UNAVAILABLE,
        /// The model failed on this request: HTTP 500, gRPC INTERNAL.
        INTERNAL
    }

    /// The server can compute nothing any more and is about to end.
    public static InferenceFailure deviceLost() {
        return new InferenceFailure(Kind.UNAVAILABLE, "the device was lost; the server is ending");
    }

    public static InferenceFailure invalid(String message) {
        return new InferenceFailure(Kind.INVALID_ARGUMENT, message);
    }
}
