package dev.understudy.server.grpc;

import dev.understudy.infer.InferenceFailure;

/// How a call ends: those of gRPC's codes that this server uses.
enum Status {
    OK(0), INVALID_ARGUMENT(3), DEADLINE_EXCEEDED(4), NOT_FOUND(5), RESOURCE_EXHAUSTED(8), UNIMPLEMENTED(12), INTERNAL(
            13), UNAVAILABLE(14);

    private final int code;

    Status(int code) {
        this.code = code;
    }

    /// The code for one who has to act on a failure.
    static Status of(InferenceFailure.Kind kind) {
        return switch (kind) {
            case INVALID_ARGUMENT -> INVALID_ARGUMENT;
            case NOT_FOUND -> NOT_FOUND;
            case UNAVAILABLE -> UNAVAILABLE;
            case INTERNAL -> INTERNAL;
        };
    }

    int code() {
        return code;
    }
}
