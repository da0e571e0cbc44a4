package dev.understudy.server.grpc;

import dev.understudy.server.plane.ByteBudget;
import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.ScheduledFuture;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.buffer.BufferInternal;
import java.lang.System.Logger;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One call: an HTTP/2 stream, its deadline and its end. Not thread-safe; owned by the connection's event loop.
final class Call {
    private static final Logger LOG = System.getLogger(Call.class.getName());
    static final CharSequence CONTENT_TYPE = HttpHeaders.createOptimized("application/grpc");
    private static final CharSequence REQUEST_ID = HttpHeaders.createOptimized("understudy-request-id");
    private static final CharSequence SEGMENT = HttpHeaders.createOptimized("understudy-segment");
    private static final CharSequence STATUS = HttpHeaders.createOptimized("grpc-status");
    private static final CharSequence MESSAGE = HttpHeaders.createOptimized("grpc-message");
    private static final CharSequence ENCODING = HttpHeaders.createOptimized("grpc-encoding");
    private static final CharSequence ACCEPT_ENCODING = HttpHeaders.createOptimized("grpc-accept-encoding");
    private static final CharSequence TIMEOUT = HttpHeaders.createOptimized("grpc-timeout");
    private static final CharSequence OK = HttpHeaders.createOptimized("0");
    static final String NO_MEMORY = "the server has no memory for this request now: try again";
    private static final int TIMEOUT_DIGITS_MAX = 8;
    /// Clients allow 8 KiB of headers, and a character may take nine bytes of them.
    private static final int MESSAGE_CHARS_MAX = 800;
    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    private final HttpServerRequest request;
    private final HttpServerResponse response;
    private final ContextInternal context;
    private final String requestId;
    private MessageCoding requestCoding = MessageCoding.IDENTITY;
    private MessageCoding answerCoding = MessageCoding.IDENTITY;
    private @Nullable ScheduledFuture<?> deadline;
    private @Nullable MessageReader reader;
    private Runnable whenOver = () -> {};
    private boolean over;

    Call(HttpServerRequest request, ContextInternal context, String requestId) {
        this.request = request;
        this.response = request.response();
        this.context = context;
        this.requestId = requestId;
        response.putHeader(HttpHeaders.CONTENT_TYPE, CONTENT_TYPE).putHeader(REQUEST_ID, requestId);
    }

    /// Takes the call's headers seriously, then reads its messages.
    ///
    /// @param bytesMax one message
    void begin(ByteBudget budget, long bytesMax, MessageReader.Receiver receiver) {
        try {
            requestCoding = MessageCoding.of(request.getHeader(ENCODING));
            if (requestCoding.isAccepted(request.getHeader(ACCEPT_ENCODING))) {
                // Who compresses wants it so: answers come as requests do.
                answerCoding = requestCoding;
            }
            String timeout = request.getHeader(TIMEOUT);
            if (timeout != null) {
                deadline = context.nettyEventLoop().schedule(this::expire, nanos(timeout), TimeUnit.NANOSECONDS);
            }
        } catch (GrpcRefusal refusal) {
            if (refusal.status() == Status.UNIMPLEMENTED) {
                response.putHeader(ACCEPT_ENCODING, MessageCoding.ACCEPTED);
            }
            finish(refusal.status(), refusal.sentence());
            return;
        }
        response.closeHandler(_ -> end());
        response.exceptionHandler(_ -> end());
        request.exceptionHandler(_ -> end());
        MessageReader messages = new MessageReader(request, budget, requestCoding, bytesMax, receiver);
        reader = messages;
        request.handler(chunk -> guarded(() -> messages.read(((BufferInternal) chunk).getByteBuf())));
        request.endHandler(_ -> guarded(messages::end));
    }

    private void guarded(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException e) {
            fail(e);
        } catch (OutOfMemoryError e) {
            finish(Status.UNAVAILABLE, NO_MEMORY);
        }
    }

    private static long nanos(String timeout) throws GrpcRefusal {
        int digits = timeout.length() - 1;
        TimeUnit unit = digits < 1 || digits > TIMEOUT_DIGITS_MAX ? null : switch (timeout.charAt(digits)) {
            case 'H' -> TimeUnit.HOURS;
            case 'M' -> TimeUnit.MINUTES;
            case 'S' -> TimeUnit.SECONDS;
            case 'm' -> TimeUnit.MILLISECONDS;
            case 'u' -> TimeUnit.MICROSECONDS;
            case 'n' -> TimeUnit.NANOSECONDS;
            default -> null;
        };
        for (int i = 0; unit != null && i < digits; i++) {
            if (timeout.charAt(i) < '0' || timeout.charAt(i) > '9') {
                unit = null;
            }
        }
        if (unit == null) {
            throw new GrpcRefusal(Status.INVALID_ARGUMENT,
                    "grpc-timeout takes at most 8 digits and a unit, one of H M S m u n, such as 500m");
        }
        return unit.toNanos(Long.parseLong(timeout.substring(0, digits)));
    }

    /// Has `action` run once, when the call has ended in whatever way. It takes the place of what was to run before.
    void whenOver(Runnable action) {
        whenOver = action;
    }

    ContextInternal context() {
        return context;
    }

    /// The server's own id of this call.
    String requestId() {
        return requestId;
    }

    /// The segment named by the call's metadata, or null.
    @Nullable
    String segment() {
        return request.getHeader(SEGMENT);
    }

    /// How the messages of the answer are to be compressed.
    MessageCoding answerCoding() {
        return answerCoding;
    }

    /// True when nobody waits for anything any more.
    boolean isOver() {
        return over;
    }

    /// Stops to read for now.
    void pause() {
        if (reader != null) {
            reader.pause();
        }
    }

    /// Goes on to read, if that had stopped.
    void resume() {
        if (reader != null) {
            guarded(reader::resume);
        }
    }

    /// Sends one of several messages. The future ends when it is written.
    ///
    /// @param frame what [Frames] made
    Future<Void> send(ByteBuf frame) {
        putEncoding();
        return response.write(BufferInternal.buffer(frame));
    }

    /// Sends the only message and ends the call well. The future ends when it is written.
    Future<Void> answer(ByteBuf frame) {
        putEncoding();
        response.putTrailer(STATUS, OK);
        end();
        return response.end(BufferInternal.buffer(frame));
    }

    private void putEncoding() {
        if (answerCoding != MessageCoding.IDENTITY && !response.headWritten()) {
            response.putHeader(ENCODING, answerCoding.token());
        }
    }

    /// Ends the call.
    ///
    /// @param message for the client; nothing when all is well
    void finish(Status status, String message) {
        if (over) {
            return;
        }
        end();
        if (response.ended() || response.closed()) {
            return;
        }
        // With nothing said so far, the status takes the headers' place.
        boolean only = !response.headWritten() && status != Status.OK;
        if (only) {
            response.putHeader(STATUS, Integer.toString(status.code())).putHeader(MESSAGE, percentEncoded(message));
        } else {
            response.putTrailer(STATUS, Integer.toString(status.code()));
            if (status != Status.OK) {
                response.putTrailer(MESSAGE, percentEncoded(message));
            }
        }
        response.end();
    }

    /// Ends the call with a fault of the server's own.
    void fail(RuntimeException cause) {
        LOG.log(Logger.Level.ERROR, "request " + requestId + " failed inside the server", cause);
        finish(Status.INTERNAL, "the server failed on this request");
    }

    private void expire() {
        finish(Status.DEADLINE_EXCEEDED, "the call's deadline has passed");
    }

    private void end() {
        if (over) {
            return;
        }
        over = true;
        if (deadline != null) {
            deadline.cancel(false);
        }
        if (reader != null) {
            reader.stop();
        }
        whenOver.run();
    }

    /// Text as gRPC wants it in `grpc-message`: UTF-8, what is not printable ASCII as percent signs and digits.
    static String percentEncoded(String text) {
        String some = text.length() <= MESSAGE_CHARS_MAX ? text : text.substring(0, MESSAGE_CHARS_MAX) + "...";
        StringBuilder encoded = new StringBuilder(some.length());
        for (byte b : some.getBytes(StandardCharsets.UTF_8)) {
            if (b >= ' ' && b <= '~' && b != '%') {
                encoded.append((char) b);
            } else {
                encoded.append('%').append(HEX.toHexDigits(b));
            }
        }
        return encoded.toString();
    }
}
