package dev.understudy.journal;

/// A captured request without its tensors.
///
/// @param byteSize bytes of its tensors
record CaptureSummary(CaptureKind kind, String requestId, long byteSize) {}
