package dev.understudy.engine;

/// The engine cannot start. The message is one line for the person who typed the command: what is wrong and what to do.
public final class EngineStartException extends Exception {
    private static final long serialVersionUID = 1;

    public EngineStartException(String message) {
        super(message);
    }

    public EngineStartException(String message, Throwable cause) {
        super(message, cause);
    }
}
