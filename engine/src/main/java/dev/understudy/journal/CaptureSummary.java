package dev.understudy.journal;

import org.jspecify.annotations.Nullable;

/// A captured request without its tensors.
///
/// @param sequence   of its comparison
/// @param timeMillis when it was compared, milliseconds since the epoch
/// @param byteSize   bytes of its tensors
public record CaptureSummary(CaptureKind kind, long sequence, String requestId, long timeMillis,
        @Nullable String segment, boolean agrees, double severity, long byteSize) {}
