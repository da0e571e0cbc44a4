package dev.understudy.server.plane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ConnectionFaultsTest {
    private final Logger logger = Logger.getLogger(ConnectionFaults.class.getName());
    private final ConnectionFaults faults = new ConnectionFaults();
    private final List<LogRecord> logged = new CopyOnWriteArrayList<>();
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord entry) {
            logged.add(entry);
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    @BeforeEach
    void listen() {
        logger.addHandler(handler);
        logger.setUseParentHandlers(false);
    }

    @AfterEach
    void stop() {
        logger.removeHandler(handler);
        logger.setUseParentHandlers(true);
    }

    @Test
    void whatClientsDoIsCountedAndNotLogged() {
        faults.handle(new IOException("Connection reset"));
        faults.handle(new ClosedChannelException());
        faults.handle(
                Http2Exception.connectionError(Http2Error.PROTOCOL_ERROR, "First received frame was not SETTINGS"));
        faults.handle(Http2Exception.connectionError(Http2Error.ENHANCE_YOUR_CALM, "Maximum number of RST frames"));
        assertEquals(4, faults.clients());
        assertEquals(List.of(), logged);
    }

    @Test
    void aStreamThatEndsBeforeItsAnswerIsTheClients() {
        Logger streams = Logger.getLogger("io.netty.handler.codec.http2.DefaultHttp2Connection");
        NullPointerException vertx = new NullPointerException("promise");
        vertx.setStackTrace(new StackTraceElement[]{
            new StackTraceElement("io.vertx.core.http.impl.VertxHttp2Stream$3", "cancel", "", 243)});
        faults.catchLogged();
        try {
            streams.log(Level.SEVERE, "Caught Throwable from listener onStreamClosed.", vertx);
            assertEquals(1, faults.clients());
            assertEquals(List.of(), logged);
            streams.log(Level.SEVERE, "Caught Throwable from listener onStreamClosed.",
                    new NullPointerException("ours"));
            assertEquals(1, logged.size());
        } finally {
            faults.close();
        }
    }

    @Test
    void whatCannotBeReadAsHttpIsTheClients() {
        EmbeddedChannel channel = new EmbeddedChannel(new HttpRequestDecoder());
        channel.writeInbound(Unpooled.copiedBuffer("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n\r\n",
                StandardCharsets.US_ASCII));
        List<Throwable> causes = new ArrayList<>();
        for (Object message = channel.readInbound(); message != null; message = channel.readInbound()) {
            if (message instanceof HttpObject object && object.decoderResult().isFailure()) {
                causes.add(object.decoderResult().cause());
            }
            ReferenceCountUtil.release(message);
        }
        channel.finishAndReleaseAll();
        assertEquals(1, causes.size());
        assertInstanceOf(NumberFormatException.class, causes.getFirst());
        faults.handle(causes.getFirst());
        assertEquals(1, faults.clients());
        faults.handle(new NumberFormatException("ours"));
        assertEquals(1, faults.clients());
    }

    @Test
    void aStormOfOurOwnFaultsIsOneErrorASecond() {
        for (int i = 0; i < 1000; i++) {
            faults.handle(i % 2 == 0
                    ? new IllegalStateException("ours")
                    : Http2Exception.connectionError(Http2Error.INTERNAL_ERROR, "ours as well"));
        }
        assertEquals(0, faults.clients());
        assertFalse(logged.isEmpty());
        assertTrue(logged.size() < 1000, logged::toString);
        assertEquals(Level.SEVERE, logged.getFirst().getLevel());
        assertEquals("ours", logged.getFirst().getThrown().getMessage());
    }

    /// It says so at this level before the fault, which is counted, comes up by the usual way.
    @Test
    void aFloodOfControlFramesIsNotLoggedInTheLibrarysWords() {
        Logger flood = Logger.getLogger("io.netty.handler.codec.http2.Http2ControlFrameLimitEncoder");
        try {
            faults.catchLogged();
            assertFalse(flood.isLoggable(Level.INFO));
            assertTrue(flood.isLoggable(Level.WARNING));
        } finally {
            faults.close();
        }
        assertTrue(flood.isLoggable(Level.INFO));
    }

    @Test
    void whatVertxLogsOfAConnectionIsCaughtUntilTheEnd() {
        Logger vertx = Logger.getLogger("io.vertx.core.net.impl.ConnectionBase");
        vertx.addHandler(handler);
        vertx.setUseParentHandlers(false);
        try {
            faults.catchLogged();
            assertTrue(vertx.isLoggable(Level.FINE), "else it would not log the exception itself");
            vertx.log(Level.SEVERE, "Connection reset", new IOException("Connection reset"));
            assertEquals(1, faults.clients());
            assertEquals(List.of(), logged);
            vertx.log(Level.SEVERE, "odd", new IllegalStateException("odd"));
            assertEquals(List.of(ConnectionFaults.class.getName()),
                    logged.stream().map(LogRecord::getLoggerName).toList());
            faults.close();
            vertx.log(Level.SEVERE, "Connection reset", new IOException("Connection reset"));
            assertEquals(2, logged.size());
            assertEquals(1, faults.clients());
        } finally {
            faults.close();
            vertx.removeHandler(handler);
            vertx.setUseParentHandlers(true);
        }
    }
}
