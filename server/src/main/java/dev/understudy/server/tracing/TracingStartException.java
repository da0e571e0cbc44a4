package dev.understudy.server.tracing;

/// The environment asks for traces in a way that cannot be followed; the message is one sentence for the operator.
public final class TracingStartException extends Exception {
    private static final long serialVersionUID = 1;

    TracingStartException(String message, Throwable cause) {
        super(message, cause);
    }
}
