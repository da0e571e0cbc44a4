package dev.understudy.server.http;

import java.io.IOException;

/// The data plane cannot listen where it was told to. The message is one line for the person who typed the command.
public final class ListenException extends IOException {
    private static final long serialVersionUID = 1;

    ListenException(String message, Throwable cause) {
        super(message, cause);
    }
}
