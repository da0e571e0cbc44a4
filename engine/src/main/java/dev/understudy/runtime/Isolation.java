package dev.understudy.runtime;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// What keeps the challengers off the champion. Each level includes the one before it.
public enum Isolation {
    /// Challengers run as soon as they can, at the champion's own priority: what co-locating two models amounts to.
    NONE,
    /// Challengers' runs take only what of the device nobody else wants, as far as the device can tell them apart.
    PRIORITY,
    /// They also start only in the champion's gaps, full batches at a time, and step back when the champion slows down.
    PACED,
    /// They also have only so many of a GPU's multiprocessors. On CUDA alone.
    PARTITIONED;

    /// Whether challengers' runs are timed by what the champion does.
    public boolean paces() {
        return compareTo(PACED) >= 0;
    }

    /// As configuration, status and metrics spell it: `paced`.
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// The level of this label, empty where there is none.
    public static Optional<Isolation> of(String label) {
        return Arrays.stream(values()).filter(level -> level.label().equals(label)).findFirst();
    }
}
