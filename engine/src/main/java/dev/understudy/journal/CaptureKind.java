package dev.understudy.journal;

import java.util.Locale;

/// Why a request's tensors are kept.
public enum CaptureKind {
    /// It is among the most different of its pair.
    WORST,
    /// It belongs to the uniform sample of its pair.
    SAMPLE;

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
