package dev.understudy.server.http;

import dev.understudy.server.plane.ByteBudget;
import io.netty.buffer.ByteBuf;
import io.vertx.core.Handler;
import io.vertx.core.VertxException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.internal.buffer.BufferInternal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Collects one request's body within its bounds. Not thread-safe; owned by the connection's event loop.
///
/// A body that came in one piece is handed on as the network library left it; pieces are joined, which is one copy.
/// What it holds counts against the [ByteBudget] until [#release].
final class RequestBody implements Handler<Buffer> {
    /// What a piece costs besides its bytes, so that a client cannot fill the heap with pieces of one byte.
    private static final int PIECE_OVERHEAD_BYTES = 256;
    private static final String CONTINUE = "100-continue";

    private final ByteBudget budget;
    private final long bytesMax;
    private final Receiver receiver;
    private @Nullable Buffer first;
    private @Nullable List<Buffer> more;
    /// Bytes received so far.
    private long bytes;
    /// What is taken from the budget.
    private long held;
    private boolean settled;

    /// Hears exactly one of these, on the event loop.
    interface Receiver {
        /// The body is whole: `length` bytes of `body` from `offset`, never written again.
        void received(byte[] body, int offset, int length);

        /// The body is refused; the rest of it is thrown away as it comes.
        void refused(HttpRefusal refusal);

        /// The client went away before the body was whole.
        void gone();
    }

    RequestBody(ByteBudget budget, long bytesMax, Receiver receiver) {
        this.budget = budget;
        this.bytesMax = bytesMax;
        this.receiver = receiver;
    }

    /// Starts to collect the request's body. A client that asks whether to send it is told to, or is told at once that
    /// it is too large.
    void receive(HttpServerRequest request) {
        request.exceptionHandler(cause -> fail(request, cause));
        request.handler(this);
        request.endHandler(this::end);
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        if (length != null && exceeds(length, bytesMax)) {
            refuse(tooLarge());
        } else if (CONTINUE.equalsIgnoreCase(request.getHeader(HttpHeaders.EXPECT))) {
            request.response().writeContinue();
        }
    }

    /// The bytes are no longer held for this request.
    void release() {
        settled = true;
        budget.give(held);
        held = 0;
        first = null;
        more = null;
    }

    @Override
    public void handle(Buffer chunk) {
        if (settled) {
            return;
        }
        try {
            hold(chunk.length(), bytes);
        } catch (HttpRefusal refusal) {
            refuse(refusal);
            return;
        }
        bytes += chunk.length();
        if (first == null) {
            first = chunk;
        } else {
            more = more == null ? new ArrayList<>() : more;
            more.add(chunk);
        }
    }

    /// Counts `more` bytes of a body of which `known` are held already, or refuses them.
    void hold(int more, long known) throws HttpRefusal {
        if (known + more > bytesMax) {
            throw tooLarge();
        }
        if (!budget.take(more + PIECE_OVERHEAD_BYTES)) {
            throw new HttpRefusal(503, "the server holds as many request bytes as it may: try again");
        }
        held += more + PIECE_OVERHEAD_BYTES;
    }

    private HttpRefusal tooLarge() {
        return new HttpRefusal(413, "the request body is larger than " + bytesMax + " bytes");
    }

    private void refuse(HttpRefusal refusal) {
        release();
        receiver.refused(refusal);
    }

    private void fail(HttpServerRequest request, Throwable cause) {
        if (settled) {
            return;
        }
        if (isMalformed(cause)) {
            refuse(new HttpRefusal(400, "the chunks of the request body are malformed"));
            // Sends the refusal and closes: where the next request would begin nobody can tell any more.
            request.connection().close();
        } else {
            release();
            receiver.gone();
        }
    }

    /// What the network library reports of itself are its own exceptions and those of input and output; the rest comes
    /// from the decoder of chunks.
    private static boolean isMalformed(Throwable cause) {
        return cause instanceof RuntimeException && !(cause instanceof VertxException);
    }

    private void end(@Nullable Void nothing) {
        if (settled) {
            return;
        }
        settled = true;
        Buffer head = first == null ? Buffer.buffer() : first;
        List<Buffer> tail = more;
        first = null;
        more = null;
        ByteBuf view = ((BufferInternal) head).getByteBuf();
        if (tail == null && view.hasArray()) {
            receiver.received(view.array(), view.arrayOffset() + view.readerIndex(), view.readableBytes());
        } else {
            byte[] whole;
            try {
                whole = join(head, tail == null ? List.of() : tail);
            } catch (OutOfMemoryError e) {
                // While a body is joined it is held twice, and the budget counts it once.
                refuse(new HttpRefusal(503, "the server has no memory for this request now: try again"));
                return;
            }
            receiver.received(whole, 0, whole.length);
        }
    }

    private byte[] join(Buffer head, List<Buffer> tail) {
        byte[] whole = new byte[Math.toIntExact(bytes)];
        head.getBytes(whole, 0);
        int at = head.length();
        for (Buffer chunk : tail) {
            chunk.getBytes(whole, at);
            at += chunk.length();
        }
        return whole;
    }

    /// True when a decimal is greater than `max`, however many digits it has. What is no decimal the HTTP decoder has
    /// refused before.
    private static boolean exceeds(String decimal, long max) {
        try {
            return Long.parseLong(decimal) > max;
        } catch (NumberFormatException e) {
            return true;
        }
    }
}
