package dev.understudy.runtime;

/// A model cannot be loaded or served. The message is one sentence for whoever put the file there, without paths.
public final class ModelLoadException extends Exception {
    private static final long serialVersionUID = 1;

    private final String reason;

    public ModelLoadException(String reason) {
        super(reason);
        this.reason = reason;
    }

    /// The message.
    public String reason() {
        return reason;
    }
}
