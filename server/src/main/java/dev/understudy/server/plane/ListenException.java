package dev.understudy.server.plane;

import io.netty.channel.unix.Errors;
import java.io.IOException;
import java.net.BindException;
import java.net.UnknownHostException;

/// A data plane cannot listen where it was told to. The message is one line for the person who typed the command.
public final class ListenException extends IOException {
    private static final long serialVersionUID = 1;

    private ListenException(String message, Throwable cause) {
        super(message, cause);
    }

    /// Why listening failed, in words where there are any.
    public static Throwable explain(Throwable cause, DataPlaneOptions options) {
        String address = options.host() + ":" + options.port();
        return switch (cause) {
            // The second is the first in the words of the native transport.
            case BindException _,Errors.NativeIoException _ -> new ListenException("cannot listen on " + address
                    + ": the port is in use, or the address is not this machine's", cause);
            case UnknownHostException _ -> new ListenException("cannot listen on " + address + ": unknown host", cause);
            default -> cause;
        };
    }
}
