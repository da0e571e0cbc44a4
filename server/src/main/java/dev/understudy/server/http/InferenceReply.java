package dev.understudy.server.http;

import dev.understudy.infer.InferenceFailure;
import dev.understudy.infer.InferenceResponse;
import dev.understudy.server.codec.AnswerEncoder;
import dev.understudy.server.codec.AnswerForm;
import dev.understudy.server.codec.Encoding;
import dev.understudy.server.codec.TopClasses;
import dev.understudy.server.plane.BudgetShare;
import dev.understudy.tensor.Tensor;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.buffer.BufferInternal;
import java.lang.System.Logger;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Sends what became of one inference, in the form its client asked for. Owned by the connection's event loop.
///
/// Small answers are encoded on the event loop; large JSON, and whatever is compressed, on a worker thread, so that it
/// holds up nobody else's.
final class InferenceReply {
    static final CharSequence JSON_BYTES = HttpHeaders.createOptimized("inference-header-content-length");
    /// More JSON than this is a worker's task.
    static final int INLINE_JSON_BYTES_MAX = 128 * 1024;
    private static final Logger LOG = System.getLogger(InferenceReply.class.getName());

    private final HttpServerRequest request;
    private final ContextInternal context;
    private final String requestId;
    private final BudgetShare held;
    private AnswerForm form = AnswerForm.JSON;
    private @Nullable String clientId;
    private @Nullable TopClasses topClasses;

    /// An answer's bytes, ready to be written.
    private sealed interface Packed {
        record Body(Encoding.Encoded encoded, ContentCoding coding, ByteBuf bytes) implements Packed {}

        record Refused(InferenceFailure failure) implements Packed {}
    }

    InferenceReply(HttpServerRequest request, ContextInternal context, String requestId, BudgetShare held) {
        this.request = request;
        this.context = context;
        this.requestId = requestId;
        this.held = held;
    }

    /// What the client asked for, once it is known.
    ///
    /// @param id      to echo, or null
    /// @param classes what is classified, or null
    void as(AnswerForm wanted, @Nullable String id, @Nullable TopClasses classes) {
        form = wanted;
        clientId = id;
        topClasses = classes;
    }

    /// Sends an answer.
    void send(InferenceResponse response) {
        long outputBytes = bytes(response.outputs());
        if (Replies.isOver(request.response()) || !holds(outputBytes)) {
            return;
        }
        ContentCoding coding = ContentCoding.preferred(request.getHeader(HttpHeaders.ACCEPT_ENCODING));
        boolean small = AnswerEncoder.bytesHint(response, form) <= INLINE_JSON_BYTES_MAX
                && (topClasses == null || outputBytes <= INLINE_JSON_BYTES_MAX);
        if (small && coding == ContentCoding.IDENTITY) {
            write(pack(response, coding));
        } else {
            context.executeBlocking(() -> pack(response, coding), false).onComplete(this::write, this::fail);
        }
    }

    /// Sends a refusal or a failure.
    void send(InferenceFailure failure) {
        held.release();
        Replies.failure(request, failure);
    }

    /// Says that the request cannot be answered, for a reason of HTTP's, or for one that only the log is told.
    void fail(Throwable cause) {
        held.release();
        if (cause instanceof HttpRefusal refusal) {
            Replies.error(request, refusal.status(), refusal.sentence());
        } else if (cause instanceof OutOfMemoryError) {
            Replies.error(request, 503, "the server has no memory for this request now: try again");
        } else {
            LOG.log(Logger.Level.ERROR, "request " + requestId + " failed inside the server", cause);
            Replies.error(request, 500, "the server failed on this request");
        }
    }

    /// Counts the answer as `bytes` from now on, or refuses to send it: a client that asks and does not read must not
    /// fill the heap with its answers.
    private boolean holds(long bytes) {
        if (held.hold(bytes)) {
            return true;
        }
        Replies.error(request, 503, "the server holds as many answer bytes as it may: try again");
        return false;
    }

    private static long bytes(List<Tensor> tensors) {
        long bytes = 0;
        for (Tensor tensor : tensors) {
            bytes += tensor.byteSize();
        }
        return bytes;
    }

    private Packed pack(InferenceResponse response, ContentCoding coding) {
        return switch (topClasses == null ? response : topClasses.apply(response)) {
            case InferenceFailure failure -> new Packed.Refused(failure);
            case InferenceResponse shown -> switch (AnswerEncoder.encode(shown, clientId, form)) {
                case Encoding.Refused(var failure) -> new Packed.Refused(failure);
                case Encoding.Encoded encoded -> new Packed.Body(encoded, coding, coding.encode(compose(encoded)));
            };
        };
    }

    /// The JSON and the outputs' own bytes, one behind the other, without copying them together.
    private static ByteBuf compose(Encoding.Encoded encoded) {
        ByteBuf json = Unpooled.wrappedBuffer(encoded.json());
        if (encoded.binaries().isEmpty()) {
            return json;
        }
        CompositeByteBuf whole = new CompositeByteBuf(UnpooledByteBufAllocator.DEFAULT, false,
                encoded.binaries().size() + 1);
        whole.addComponent(true, json);
        for (Tensor output : encoded.binaries()) {
            whole.addComponent(true, Unpooled.wrappedBuffer(output.data().asByteBuffer()));
        }
        return whole;
    }

    private void write(Packed packed) {
        switch (packed) {
            case Packed.Refused(var failure) -> send(failure);
            case Packed.Body body -> write(body);
        }
    }

    private void write(Packed.Body body) {
        HttpServerResponse response = request.response();
        if (Replies.isOver(response)) {
            held.release();
            return;
        }
        if (!holds(body.bytes().readableBytes())) {
            return;
        }
        if (body.encoded().binary()) {
            response.putHeader(HttpHeaderNames.CONTENT_TYPE, Replies.OCTETS);
            response.putHeader(JSON_BYTES, Integer.toString(body.encoded().json().remaining()));
        } else {
            response.putHeader(HttpHeaderNames.CONTENT_TYPE, Replies.JSON);
        }
        if (body.coding() != ContentCoding.IDENTITY) {
            response.putHeader(HttpHeaderNames.CONTENT_ENCODING, body.coding().token());
        }
        // Ends when the last byte is written, or with a failure when the connection or the stream is gone.
        response.end(BufferInternal.buffer(body.bytes())).onComplete(_ -> held.release());
    }
}
