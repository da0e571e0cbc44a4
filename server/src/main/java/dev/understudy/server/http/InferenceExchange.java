package dev.understudy.server.http;

import dev.understudy.engine.ModelLookup;
import dev.understudy.infer.InferenceFailure;
import dev.understudy.infer.InferenceOutcome;
import dev.understudy.infer.InferenceRequest;
import dev.understudy.infer.InferenceResponse;
import dev.understudy.server.codec.AnswerEncoder;
import dev.understudy.server.codec.AnswerForm;
import dev.understudy.server.codec.Decoding;
import dev.understudy.server.codec.Encoding;
import dev.understudy.server.codec.Envelope;
import dev.understudy.server.codec.RequestDecoder;
import dev.understudy.server.plane.ArrivalRound;
import dev.understudy.server.plane.BudgetShare;
import dev.understudy.tensor.Tensor;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.buffer.BufferInternal;
import java.lang.System.Logger;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One inference over HTTP, from its head to its answer. Owned by the connection's event loop; only [#accept] is called
/// from elsewhere, and only hands over.
///
/// Small requests and answers are decoded and encoded on the event loop; large JSON, and whatever is compressed, on a
/// worker thread, so that it holds up nobody else's.
final class InferenceExchange implements RequestBody.Receiver, Consumer<InferenceOutcome>, Runnable {
    static final CharSequence REQUEST_ID = HttpHeaders.createOptimized("understudy-request-id");
    static final CharSequence SEGMENT = HttpHeaders.createOptimized("understudy-segment");
    static final CharSequence JSON_BYTES = HttpHeaders.createOptimized("inference-header-content-length");
    /// More JSON than this is a worker's task.
    private static final int INLINE_JSON_BYTES_MAX = 128 * 1024;
    private static final Logger LOG = System.getLogger(InferenceExchange.class.getName());

    private final DataPlane plane;
    private final ArrivalRound round;
    private final HttpServerRequest request;
    private final Route route;
    private final ContextInternal context;
    private final String requestId;
    private final RequestBody body;
    private final BudgetShare answerBytes;
    private AnswerForm form = AnswerForm.JSON;
    private @Nullable String clientId;
    /// Written by the thread that answers, read on the event loop behind the hand-over.
    private @Nullable InferenceOutcome outcome;

    private InferenceExchange(DataPlane plane, ArrivalRound round, HttpServerRequest request, Route route,
            ContextInternal context) {
        this.plane = plane;
        this.round = round;
        this.request = request;
        this.route = route;
        this.context = context;
        requestId = plane.requestIds().next();
        request.response().putHeader(REQUEST_ID, requestId);
        body = new RequestBody(plane.budget(), plane.options().requestBytesMax(), this);
        answerBytes = new BudgetShare(plane.budget());
    }

    /// Starts the exchange for a request whose body has not come yet, on its event loop.
    static void begin(DataPlane plane, ArrivalRound round, HttpServerRequest request, Route route,
            ContextInternal context) {
        InferenceExchange exchange = new InferenceExchange(plane, round, request, route, context);
        exchange.body.receive(request);
    }

    @Override
    public void received(byte[] bytes, int offset, int length) {
        long receivedNanos = System.nanoTime();
        try {
            ContentCoding coding = ContentCoding.of(request.getHeader(HttpHeaders.CONTENT_ENCODING));
            if (coding == ContentCoding.IDENTITY && jsonBytes(length) <= INLINE_JSON_BYTES_MAX) {
                infer(decode(bytes, offset, length, receivedNanos));
                return;
            }
            context.executeBlocking(() -> {
                if (coding == ContentCoding.IDENTITY) {
                    return decode(bytes, offset, length, receivedNanos);
                }
                byte[] plain = coding.decode(bytes, offset, length, body);
                return decode(plain, 0, plain.length, receivedNanos);
            }, false).onComplete(this::infer, this::fail);
        } catch (HttpRefusal | RuntimeException e) {
            fail(e);
        }
    }

    @Override
    public void refused(HttpRefusal refusal) {
        Replies.errorAndClose(request, refusal.status(), refusal.sentence());
    }

    @Override
    public void gone() {
        // Nobody is left to answer, and nothing was begun for them.
    }

    private Decoding decode(byte[] bytes, int offset, int length, long receivedNanos) throws HttpRefusal {
        int jsonBytes = jsonBytes(length);
        Envelope envelope = new Envelope(route.model(), route.version(), requestId, request.getHeader(SEGMENT),
                receivedNanos);
        if (jsonBytes > 0 || length == 0) {
            return RequestDecoder.decode(envelope, bytes, offset, length, jsonBytes);
        }
        return switch (plane.endpoint().lookup(route.model(), route.version())) {
            case ModelLookup.Serving(var model) ->
                RequestDecoder.decodeRaw(envelope, model.inputs(), bytes, offset, length);
            case ModelLookup.Refused(var failure) -> new Decoding.Refused(failure);
        };
    }

    /// The length of the body's JSON: all of it unless the header says less.
    private int jsonBytes(int length) throws HttpRefusal {
        String header = request.getHeader(JSON_BYTES);
        if (header == null) {
            return length;
        }
        int value = -1;
        try {
            value = Integer.parseInt(header);
        } catch (NumberFormatException e) {
            // Falls under the refusal below: no integer at all, or one beyond the range.
        }
        if (value < 0 || value > length) {
            throw new HttpRefusal(400, "Inference-Header-Content-Length must be an integer from 0 to the body's "
                    + length + " bytes, not '" + (header.length() > 20 ? header.substring(0, 20) + "..." : header)
                    + "'");
        }
        return value;
    }

    private void infer(Decoding decoding) {
        switch (decoding) {
            case Decoding.Accepted accepted -> {
                form = accepted.form();
                clientId = accepted.request().id();
                round.add(() -> handOver(accepted.request()), context.nettyEventLoop());
            }
            case Decoding.Refused refused -> answer(refused.failure());
        }
    }

    private void handOver(InferenceRequest decoded) {
        try {
            plane.endpoint().infer(decoded, this);
        } catch (RuntimeException e) {
            fail(e);
        }
    }

    @Override
    public void accept(InferenceOutcome result) {
        outcome = result;
        EventLoop loop = context.nettyEventLoop();
        if (loop.inEventLoop()) {
            run();
        } else {
            loop.execute(this);
        }
    }

    /// Sends what [#accept] left, on the event loop.
    @Override
    public void run() {
        try {
            switch (outcome) {
                case InferenceResponse response -> answer(response);
                case InferenceFailure failure -> answer(failure);
                case null -> throw new IllegalStateException("an inference without an outcome: " + requestId);
            }
        } catch (RuntimeException e) {
            fail(e);
        }
    }

    private void answer(InferenceResponse response) {
        body.release();
        if (Replies.isOver(request.response()) || !holds(bytes(response.outputs()))) {
            return;
        }
        if (AnswerEncoder.bytesHint(response, form) <= INLINE_JSON_BYTES_MAX) {
            send(AnswerEncoder.encode(response, clientId, form));
        } else {
            context.executeBlocking(() -> AnswerEncoder.encode(response, clientId, form), false).onComplete(this::send,
                    this::fail);
        }
    }

    /// Counts the answer as `bytes` from now on, or refuses to send it: a client that asks and does not read must not
    /// fill the heap with its answers.
    private boolean holds(long bytes) {
        if (answerBytes.hold(bytes)) {
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

    private void answer(InferenceFailure failure) {
        body.release();
        answerBytes.release();
        Replies.failure(request, failure);
    }

    private void send(Encoding encoding) {
        switch (encoding) {
            case Encoding.Encoded encoded -> send(encoded);
            case Encoding.Refused refused -> answer(refused.failure());
        }
    }

    private void send(Encoding.Encoded encoded) {
        HttpServerResponse response = request.response();
        if (Replies.isOver(response)) {
            answerBytes.release();
            return;
        }
        if (!holds(encoded.json().remaining() + bytes(encoded.binaries()))) {
            return;
        }
        ByteBuf bytes = Unpooled.wrappedBuffer(encoded.json());
        if (encoded.binary()) {
            response.putHeader(HttpHeaderNames.CONTENT_TYPE, Replies.OCTETS);
            response.putHeader(JSON_BYTES, Integer.toString(encoded.json().remaining()));
            bytes = compose(bytes, encoded);
        } else {
            response.putHeader(HttpHeaderNames.CONTENT_TYPE, Replies.JSON);
        }
        // Ends when the last byte is written, or with a failure when the connection or the stream is gone.
        response.end(BufferInternal.buffer(bytes)).onComplete(_ -> answerBytes.release());
    }

    /// The JSON and the outputs' own bytes, one behind the other, without copying them together.
    private static ByteBuf compose(ByteBuf json, Encoding.Encoded encoded) {
        CompositeByteBuf whole = new CompositeByteBuf(UnpooledByteBufAllocator.DEFAULT, false,
                encoded.binaries().size() + 1);
        whole.addComponent(true, json);
        for (Tensor output : encoded.binaries()) {
            whole.addComponent(true, Unpooled.wrappedBuffer(output.data().asByteBuffer()));
        }
        return whole;
    }

    private void fail(Throwable cause) {
        body.release();
        answerBytes.release();
        if (cause instanceof HttpRefusal refusal) {
            Replies.error(request, refusal.status(), refusal.sentence());
        } else {
            LOG.log(Logger.Level.ERROR, "request " + requestId + " failed inside the server", cause);
            Replies.error(request, 500, "the server failed on this request");
        }
    }
}
