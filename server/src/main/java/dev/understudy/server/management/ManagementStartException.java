package dev.understudy.server.management;

/// The control plane cannot start. The message is one line for the person who typed the command.
public final class ManagementStartException extends Exception {
    private static final long serialVersionUID = 1;

    public ManagementStartException(String message) {
        super(message);
    }

    public ManagementStartException(String message, Throwable cause) {
        super(message, cause);
    }
}
