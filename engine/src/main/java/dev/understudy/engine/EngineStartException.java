package dev.understudy.engine;

/// The engine cannot start. The message is one line for the person who typed the command: what is wrong and what to do.
public final class EngineStartException extends Exception {
    private static final long serialVersionUID = 1;

    private final Kind kind;

    /// What stands in the way.
    public enum Kind {
        /// The repository is missing, empty or cannot be read.
        REPOSITORY,
        /// The state folder is in use, cannot be used or overlaps the repository.
        STATE,
        /// The device that was asked for cannot be had.
        DEVICE
    }

    public EngineStartException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public EngineStartException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
