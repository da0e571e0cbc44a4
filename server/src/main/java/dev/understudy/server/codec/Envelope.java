package dev.understudy.server.codec;

import org.jspecify.annotations.Nullable;

/// What is known of an inference request besides its body. Immutable.
///
/// @param model         the model's name, from the path
/// @param version       the version asked for, or null for the champion
/// @param requestId     the server's own id of this request
/// @param segment       the segment named by a header, or null; the body's `parameters.segment` goes before it
/// @param receivedNanos [System#nanoTime] when the request had arrived whole
public record Envelope(String model, @Nullable String version, String requestId, @Nullable String segment,
        long receivedNanos) {}
