package dev.understudy.server.http;

import dev.understudy.engine.ModelLookup;
import dev.understudy.infer.InferenceFailure;
import dev.understudy.infer.InferenceOutcome;
import dev.understudy.infer.InferenceRequest;
import dev.understudy.infer.InferenceResponse;
import dev.understudy.server.codec.AnswerForm;
import dev.understudy.server.codec.Decoding;
import dev.understudy.server.codec.Envelope;
import dev.understudy.server.codec.RequestDecoder;
import dev.understudy.server.codec.TopClasses;
import dev.understudy.server.plane.BudgetShare;
import dev.understudy.server.plane.Traffic;
import io.netty.channel.EventLoop;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.internal.ContextInternal;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One inference over HTTP, from its head until its outcome is known. Owned by the connection's event loop; only [#accept]
/// is called from elsewhere, and only hands over.
///
/// Small requests are decoded on the event loop; large JSON, and whatever is compressed, on a worker thread, so that it
/// holds up nobody else's.
final class InferenceExchange implements RequestBody.Receiver, Consumer<InferenceOutcome>, Runnable {
    static final CharSequence REQUEST_ID = HttpHeaders.createOptimized("understudy-request-id");
    static final CharSequence SEGMENT = HttpHeaders.createOptimized("understudy-segment");

    private final DataPlane plane;
    private final Traffic traffic;
    private final HttpServerRequest request;
    private final Route route;
    private final ContextInternal context;
    private final String requestId;
    private final RequestBody body;
    private final InferenceReply reply;
    /// Written by the thread that answers, read on the event loop behind the hand-over.
    private @Nullable InferenceOutcome outcome;

    private InferenceExchange(DataPlane plane, Traffic traffic, HttpServerRequest request, Route route,
            ContextInternal context) {
        this.plane = plane;
        this.traffic = traffic;
        this.request = request;
        this.route = route;
        this.context = context;
        requestId = plane.requestIds().next();
        request.response().putHeader(REQUEST_ID, requestId);
        body = new RequestBody(plane.budget(), plane.options().requestBytesMax(), this);
        reply = new InferenceReply(request, context, requestId, new BudgetShare(plane.budget()));
    }

    /// Starts the exchange for a request whose body has not come yet, on its event loop.
    static void begin(DataPlane plane, Traffic traffic, HttpServerRequest request, Route route,
            ContextInternal context) {
        InferenceExchange exchange = new InferenceExchange(plane, traffic, request, route, context);
        exchange.body.receive(request);
    }

    @Override
    public void received(byte[] bytes, int offset, int length) {
        long receivedNanos = System.nanoTime();
        try {
            ContentCoding coding = ContentCoding.of(request.getHeader(HttpHeaders.CONTENT_ENCODING));
            if (coding == ContentCoding.IDENTITY && jsonBytes(length) <= InferenceReply.INLINE_JSON_BYTES_MAX) {
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
        } catch (HttpRefusal | RuntimeException | OutOfMemoryError e) {
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
        return switch (lookup()) {
            case ModelLookup.Serving(var model) ->
                RequestDecoder.decodeRaw(envelope, model.inputs(), model.config().maxBatchSize() > 0, bytes, offset,
                        length);
            case ModelLookup.Refused(var failure) -> new Decoding.Refused(failure);
        };
    }

    private ModelLookup lookup() {
        return plane.endpoint().lookup(route.model(), route.version());
    }

    /// The length of the body's JSON: all of it unless the header says less.
    private int jsonBytes(int length) throws HttpRefusal {
        String header = request.getHeader(InferenceReply.JSON_BYTES);
        if (header == null) {
            return length;
        }
        int value = count(header);
        if (value < 0 || value > length) {
            throw new HttpRefusal(400, "Inference-Header-Content-Length must be an integer from 0 to the body's "
                    + length + " bytes, not '" + (header.length() > 20 ? header.substring(0, 20) + "..." : header)
                    + "'");
        }
        return value;
    }

    /// The number that decimal digits, and nothing but them, stand for; -1 for anything else, and beyond an int's range.
    private static int count(String digits) {
        if (digits.isEmpty() || !digits.chars().allMatch(digit -> digit >= '0' && digit <= '9')) {
            return -1;
        }
        try {
            return Integer.parseInt(digits);
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    private void infer(Decoding decoding) {
        switch (decoding) {
            case Decoding.Accepted(InferenceRequest decoded, AnswerForm form) when form.classes().isEmpty() -> {
                reply.as(form, decoded.id(), null);
                traffic.arrivals().add(() -> handOver(decoded), context.nettyEventLoop());
            }
            case Decoding.Accepted(InferenceRequest decoded, AnswerForm form) -> {
                switch (lookup()) {
                    case ModelLookup.Serving(var model) -> {
                        reply.as(form, decoded.id(), new TopClasses(form.classes(), model.config().outputs()));
                        traffic.arrivals().add(() -> handOver(decoded), context.nettyEventLoop());
                    }
                    case ModelLookup.Refused(var failure) -> answer(failure);
                }
            }
            case Decoding.Refused(var failure) -> answer(failure);
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
            traffic.answers().add(this, loop);
        }
    }

    /// Sends what [#accept] left, on the event loop.
    @Override
    public void run() {
        try {
            switch (outcome) {
                case InferenceResponse response -> {
                    body.release();
                    reply.send(response);
                }
                case InferenceFailure failure -> answer(failure);
                case null -> throw new IllegalStateException("an inference without an outcome: " + requestId);
            }
        } catch (RuntimeException e) {
            fail(e);
        }
    }

    private void answer(InferenceFailure failure) {
        body.release();
        reply.send(failure);
    }

    private void fail(Throwable cause) {
        body.release();
        reply.fail(cause);
    }
}
