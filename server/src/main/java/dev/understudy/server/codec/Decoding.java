package dev.understudy.server.codec;

import dev.understudy.infer.InferenceFailure;
import dev.understudy.infer.InferenceRequest;

/// What became of a request's bytes: a request for the engine, or a refusal in words for the client.
public sealed interface Decoding {
    /// A request, and the form its answer has to take.
    record Accepted(InferenceRequest request, AnswerForm form) implements Decoding {}

    /// Not a request: malformed, or its sizes do not fit. Always the client's fault.
    record Refused(InferenceFailure failure) implements Decoding {}
}
