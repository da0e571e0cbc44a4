package dev.understudy.server.grpc;

import dev.understudy.engine.ModelLookup;
import dev.understudy.infer.InferenceFailure;
import dev.understudy.infer.InferenceOutcome;
import dev.understudy.infer.InferenceRequest;
import dev.understudy.infer.InferenceResponse;
import dev.understudy.server.codec.AnswerForm;
import dev.understudy.server.codec.Decoding;
import dev.understudy.server.codec.GrpcRequest;
import dev.understudy.server.codec.TopClasses;
import dev.understudy.server.plane.BudgetShare;
import dev.understudy.server.plane.Intake;
import dev.understudy.server.plane.Traffic;
import dev.understudy.tensor.Tensor;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.vertx.core.Future;
import java.lang.System.Logger;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One inference over gRPC, from its message to its answer. Owned by the call's event loop; only [#accept] is called from
/// elsewhere, and only hands over.
///
/// Raw tensors are decoded on the event loop; large typed contents, and whatever is compressed, on a worker thread, so
/// that they hold up nobody else's.
final class Inference implements Consumer<InferenceOutcome>, Runnable {
    /// More bytes of typed contents or of a compressed answer than this are a worker's task.
    private static final int INLINE_BYTES_MAX = 128 * 1024;
    private static final Logger LOG = System.getLogger(Inference.class.getName());

    private final Intake intake;
    private final Traffic traffic;
    private final Call call;
    private final String requestId;
    private final Message message;
    private final Reply reply;
    private final BudgetShare answerBytes;
    private final long receivedNanos = System.nanoTime();
    private @Nullable GrpcRequest request;
    private @Nullable TopClasses topClasses;
    /// Written by the thread that answers, read on the event loop behind the hand-over.
    private @Nullable InferenceOutcome outcome;

    /// How an answer goes out, or a refusal, on the event loop. Neither is asked for once the call is over.
    interface Reply {
        /// The answer's message in pieces, with room for gRPC's head.
        List<ByteBuffer> encode(InferenceResponse response, @Nullable String id);

        /// Sends a framed message. The future ends when it is written.
        Future<Void> send(ByteBuf frame);

        /// The answer is written, or cannot be any more, and nothing is held for it.
        default void settled() {}

        void refuse(Status status, String sentence, String model, @Nullable String id);
    }

    private Inference(Intake intake, Traffic traffic, Call call, String requestId, Message message, Reply reply) {
        this.intake = intake;
        this.traffic = traffic;
        this.call = call;
        this.requestId = requestId;
        this.message = message;
        this.reply = reply;
        answerBytes = new BudgetShare(intake.budget());
    }

    /// Begins with a message that has come whole, and releases it when it is answered.
    static void begin(Intake intake, Traffic traffic, Call call, String requestId, Message message, Reply reply) {
        new Inference(intake, traffic, call, requestId, message, reply).decode();
    }

    private void decode() {
        try {
            if (message.isCompressed()) {
                onWorker(true);
            } else if (read() <= INLINE_BYTES_MAX) {
                infer(decoded());
            } else {
                onWorker(false);
            }
        } catch (GrpcRefusal | RuntimeException | OutOfMemoryError e) {
            fail(e);
        }
    }

    private void onWorker(boolean inflate) {
        call.context().executeBlocking(() -> {
            if (inflate) {
                message.inflate();
                read();
            }
            return decoded();
        }, false).onComplete(this::infer, this::fail);
    }

    /// Reads the message as far as its tensors' places, and counts the bytes that decoding them will take.
    private long read() throws GrpcRefusal {
        GrpcRequest found = GrpcRequest.read(message.bytes(), message.offset(), message.length());
        request = found;
        long copiedBytesMax = found.copiedBytesMax();
        message.hold(copiedBytesMax);
        return copiedBytesMax;
    }

    private Decoding decoded() {
        GrpcRequest found = request;
        if (found == null) {
            throw new IllegalStateException("decoded before it was read: " + requestId);
        }
        return found.decode(requestId, call.segment(), receivedNanos);
    }

    private void infer(Decoding decoding) {
        switch (decoding) {
            case Decoding.Accepted(InferenceRequest decoded, AnswerForm form) when form.classes().isEmpty() ->
                traffic.arrivals().add(() -> handOver(decoded), call.context().nettyEventLoop());
            case Decoding.Accepted(InferenceRequest decoded, AnswerForm form) -> {
                switch (intake.endpoint().lookup(decoded.model(), decoded.version())) {
                    case ModelLookup.Serving(var model) -> {
                        topClasses = new TopClasses(form.classes(), model.config().outputs());
                        traffic.arrivals().add(() -> handOver(decoded), call.context().nettyEventLoop());
                    }
                    case ModelLookup.Refused(var failure) -> answer(failure);
                }
            }
            case Decoding.Refused(var failure) -> answer(failure);
        }
    }

    private void handOver(InferenceRequest decoded) {
        if (call.isOver()) {
            message.release();
            return;
        }
        try {
            intake.endpoint().infer(decoded, this);
        } catch (RuntimeException e) {
            fail(e);
        }
    }

    @Override
    public void accept(InferenceOutcome result) {
        outcome = result;
        EventLoop loop = call.context().nettyEventLoop();
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
                case InferenceResponse response -> answer(response);
                case InferenceFailure failure -> answer(failure);
                case null -> throw new IllegalStateException("an inference without an outcome: " + requestId);
            }
        } catch (RuntimeException e) {
            fail(e);
        }
    }

    private void answer(InferenceFailure failure) {
        refuse(Status.of(failure.kind()), failure.message());
    }

    private void answer(InferenceResponse response) {
        message.release();
        if (call.isOver()) {
            return;
        }
        long bytes = 0;
        for (Tensor output : response.outputs()) {
            bytes += output.byteSize();
        }
        if (!holds(bytes)) {
            return;
        }
        boolean costly = call.answerCoding() != MessageCoding.IDENTITY || topClasses != null;
        if (costly && bytes > INLINE_BYTES_MAX) {
            call.context().executeBlocking(() -> pack(response), false).onComplete(this::send, this::fail);
            return;
        }
        try {
            send(pack(response));
        } catch (GrpcRefusal refusal) {
            fail(refusal);
        }
    }

    /// Counts the answer as `bytes` from now on, or refuses to send it.
    private boolean holds(long bytes) {
        if (answerBytes.hold(bytes)) {
            return true;
        }
        refuse(Status.UNAVAILABLE, "the server holds as many answer bytes as it may: try again");
        return false;
    }

    private ByteBuf pack(InferenceResponse response) throws GrpcRefusal {
        return switch (topClasses == null ? response : topClasses.apply(response)) {
            case InferenceResponse shown -> Frames.of(reply.encode(shown, id()), call.answerCoding());
            case InferenceFailure failure -> throw new GrpcRefusal(Status.of(failure.kind()), failure.message());
        };
    }

    private void send(ByteBuf frame) {
        if (call.isOver()) {
            answerBytes.release();
        } else if (topClasses == null || holds(frame.readableBytes())) {
            // Ends when the last byte is written, or with a failure when the connection or the stream is gone.
            reply.send(frame).onComplete(_ -> {
                answerBytes.release();
                reply.settled();
            });
        }
    }

    private @Nullable String id() {
        return request == null ? null : request.id();
    }

    private void fail(Throwable cause) {
        if (cause instanceof GrpcRefusal refusal) {
            refuse(refusal.status(), refusal.sentence());
        } else if (cause instanceof OutOfMemoryError) {
            refuse(Status.UNAVAILABLE, Call.NO_MEMORY);
        } else {
            LOG.log(Logger.Level.ERROR, "request " + requestId + " failed inside the server", cause);
            refuse(Status.INTERNAL, "the server failed on this request");
        }
    }

    private void refuse(Status status, String sentence) {
        message.release();
        answerBytes.release();
        if (!call.isOver()) {
            reply.refuse(status, sentence, request == null ? "" : request.model(), id());
        }
    }
}
