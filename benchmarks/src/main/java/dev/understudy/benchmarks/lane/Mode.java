package dev.understudy.benchmarks.lane;

import dev.understudy.runtime.Isolation;

/// How a challenger shares the machine with the champion, from not at all.
public enum Mode {
    OFF("off", Isolation.NONE), NONE(Isolation.NONE), PRIORITY(Isolation.PRIORITY), PACED(Isolation.PACED);

    private final String label;
    private final Isolation isolation;

    Mode(Isolation isolation) {
        this(isolation.label(), isolation);
    }

    Mode(String label, Isolation isolation) {
        this.label = label;
        this.isolation = isolation;
    }

    /// As the tables call it, and where there is a challenger, the configuration.
    String label() {
        return label;
    }

    /// What the engine is configured with; without a challenger the one that does nothing for one.
    Isolation isolation() {
        return isolation;
    }
}
