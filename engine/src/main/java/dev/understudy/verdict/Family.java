package dev.understudy.verdict;

import java.util.Locale;

/// Criteria that are treated alike: corrected for bursts, or watched in segments.
public enum Family {
    AGREEMENT, ERRORS, LATENCY, DEVICE_TIME, LABELS, MEMORY;

    /// As `model.yaml` spells it: `device_time`.
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
