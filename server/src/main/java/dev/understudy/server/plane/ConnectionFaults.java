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

/// What goes wrong on connections. Clients reset them and break the protocol as they please, which is no fault of the server: it is
/// counted and not logged. Everything else is logged, at most once a second. Thread-safe.
///
/// Vert.x hands a fault to the server's exception handler once a connection has got as far as a request. Before that it
/// knows no handler and logs the fault as an error, which is caught here at that one logger, for the whole process.
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
    private final LongAdder clients = new LongAdder();
    private final LogPace pace = new LogPace(System.nanoTime());

    /// Begins to catch what is logged, in place of whoever did before, until [#close].
    public void catchLogged() {
        // Only at this level does Vert.x log the exception and not just its message.
        unhandled.setLevel(Level.FINE);
        unhandled.setFilter(this);
        http2.setLevel(Level.WARNING);
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
        }
    }
}
