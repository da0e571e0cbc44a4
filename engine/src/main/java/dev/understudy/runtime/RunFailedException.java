package dev.understudy.runtime;

/// A run gave no answer. Carries no stack trace: the model failed, not the program.
public final class RunFailedException extends Exception {
    private static final long serialVersionUID = 1;

    private final String reason;
    private final boolean cancelled;

    public RunFailedException(String reason, boolean cancelled) {
        super(reason, null, false, false);
        this.reason = reason;
        this.cancelled = cancelled;
    }

    /// One sentence without paths.
    public String reason() {
        return reason;
    }

    /// True when [OrtInstance#cancel] ended the run.
    public boolean cancelled() {
        return cancelled;
    }
}
