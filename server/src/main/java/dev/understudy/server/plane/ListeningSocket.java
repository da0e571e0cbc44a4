package dev.understudy.server.plane;

import io.netty.channel.Channel;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.impl.HttpServerConnection;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// The socket at which a server accepts connections, so that it can be closed before anything else is. Thread-safe.
///
/// Vert.x takes the event loops away first and closes the socket then. What it accepts in between is cut without an answer and
/// logged as a fault of the server. Vert.x does not give the socket away either, so it is learnt from the first connection; while
/// none has come, none can be cut.
public final class ListeningSocket {
    private final AtomicReference<@Nullable Channel> accepting = new AtomicReference<>();
    private @Nullable Future<Void> closed;

    /// To be told of every connection.
    public void accepted(HttpConnection connection) {
        if (accepting.get() == null && connection instanceof HttpServerConnection accepted) {
            accepting.compareAndSet(null, accepted.channelHandlerContext().channel().parent());
        }
    }

    /// Whether a connection has come.
    public boolean used() {
        return accepting.get() != null;
    }

    /// Accepts no more; what was accepted stays open. Closing again changes nothing.
    public synchronized Future<Void> close() {
        Channel socket = accepting.get();
        if (closed == null && socket != null) {
            Promise<Void> closing = Promise.promise();
            socket.close().addListener(_ -> closing.complete());
            // Kept, since the socket's event loop, which would tell of a second closing, may be gone by then.
            closed = closing.future();
        }
        return closed == null ? Future.succeededFuture() : closed;
    }
}
