package dev.understudy.infer;

/// What became of a request: an answer or a refusal. Expected refusals are values, never exceptions.
public sealed interface InferenceOutcome permits InferenceResponse, InferenceFailure {}
