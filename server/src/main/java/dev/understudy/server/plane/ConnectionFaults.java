package dev.understudy.server.plane;

import dev.understudy.engine.LogPace;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.vertx.core.Handler;
import java.io.IOException;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.logging.Filter;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/// What goes wrong on connections. Clients reset them and break the protocol as they please, which is no fault of the server: it is
/// counted and not logged. Everything else is logged, at most once a second. Thread-safe.
///
/// Vert.x hands a fault to the server's exception handler once a connection has got as far as a request. Before that it
/// knows no handler and logs the fault as an error, which is caught here at that one logger, for the whole process; so is what it
/// and Netty throw and log themselves when a client is gone.
public final class ConnectionFaults implements Handler<Throwable>, Filter, AutoCloseable {
    /// What a decoder calls.
    private static final List<String> LIBRARIES = List.of("java.", "jdk.internal.", "io.netty.util.",
            "io.netty.buffer.",
            "io.vertx.core.http.");
    private static final System.Logger LOG = System.getLogger(ConnectionFaults.class.getName());

    /// Logs what no handler was told. Held here, since a logger that nobody holds forgets its settings.
    private final Logger unhandled = Logger.getLogger("io.vertx.core.net.impl.ConnectionBase");
    /// Below it are those that log, as information, every frame that comes for a stream which the server has reset, and
    /// every client that is cut off for a flood of frames that ask for an answer.
    private final Logger http2 = Logger.getLogger("io.netty.handler.codec.http2");
    /// Logs what is thrown while a stream ends.
    private final Logger streams = Logger.getLogger("io.netty.handler.codec.http2.DefaultHttp2Connection");
    /// Logs what is thrown while a fault of a connection is told.
    private final Logger handlers = Logger.getLogger("io.netty.channel.AbstractChannelHandlerContext");
    private final Filter ends = entry -> !isEnd(entry.getThrown()) && isLoggable(entry);
    private final LongAdder clients = new LongAdder();
    private final LogPace pace = new LogPace(System.nanoTime());

    /// Begins to catch what is logged, in place of whoever did before, until [#close].
    public void catchLogged() {
        // Only at this level does Vert.x log the exception and not just its message.
        unhandled.setLevel(Level.FINE);
        unhandled.setFilter(this);
        http2.setLevel(Level.WARNING);
        streams.setFilter(ends);
        handlers.setFilter(this);
    }

    /// Whether a client's end of a stream is all that it tells of: where an answer still waits for the client's window, Vert.x finds
    /// nobody to tell of it and throws, after a while without a stack trace.
    private boolean isEnd(@Nullable Throwable thrown) {
        boolean end = thrown instanceof NullPointerException && (thrown.getStackTrace().length == 0
                || thrown.getStackTrace()[0].getClassName().startsWith("io.vertx.core.http.impl."));
        if (end) {
            clients.increment();
        }
        return end;
    }

    /// Connections that a client reset or on which it broke the protocol, so far.
    public long clients() {
        return clients.sum();
    }

    @Override
    public void handle(Throwable fault) {
        if (isClients(fault)) {
            clients.increment();
            return;
        }
        OptionalLong held = pace.admit(System.nanoTime());
        if (held.isPresent()) {
            String more = held.getAsLong() == 0
                    ? ""
                    : " (and " + held.getAsLong() + " more since the last such line)";
            LOG.log(System.Logger.Level.ERROR, "a connection failed" + more, fault);
        }
    }

    @Override
    public boolean isLoggable(LogRecord entry) {
        if (entry.getThrown() == null) {
            return true;
        }
        handle(entry.getThrown());
        return false;
    }

    /// Reading from or writing to a connection fails where the other side is gone; HTTP/2 has a code for faults of one's own.
    static boolean isClients(Throwable fault) {
        return fault instanceof Http2Exception broken
                ? broken.error() != Http2Error.INTERNAL_ERROR
                : fault instanceof IOException || fault instanceof DecoderException || isUnreadable(fault);
    }

    /// Whether Netty's HTTP/1 decoder, or what it calls, threw it: exceptions of many classes come of bytes that are no HTTP.
    private static boolean isUnreadable(Throwable fault) {
        for (StackTraceElement frame : fault.getStackTrace()) {
            String thrower = frame.getClassName();
            if (thrower.startsWith("io.netty.handler.codec.http.")) {
                return true;
            }
            if (LIBRARIES.stream().noneMatch(thrower::startsWith)) {
                return false;
            }
        }
        return false;
    }

    /// Leaves the loggers as they were.
    @Override
    public void close() {
        if (unhandled.getFilter() == this) {
            unhandled.setFilter(null);
            unhandled.setLevel(null);
            http2.setLevel(null);
            streams.setFilter(null);
            handlers.setFilter(null);
        }
    }
}
