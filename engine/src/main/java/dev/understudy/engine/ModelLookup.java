package dev.understudy.engine;

import dev.understudy.infer.InferenceFailure;

/// The answer to "do you serve this model, in this version?"
public sealed interface ModelLookup {
    record Serving(ModelMetadata metadata) implements ModelLookup {}

    /// Unknown (NOT_FOUND), or known but without a champion right now (UNAVAILABLE), in words for the client.
    record Refused(InferenceFailure failure) implements ModelLookup {}
}
