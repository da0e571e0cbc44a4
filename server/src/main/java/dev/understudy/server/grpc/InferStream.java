package dev.understudy.server.grpc;

import dev.understudy.infer.InferenceResponse;
import dev.understudy.server.codec.GrpcAnswer;
import dev.understudy.server.plane.Intake;
import dev.understudy.server.plane.Traffic;
import dev.understudy.server.proto.ModelInferResponse;
import dev.understudy.server.proto.ModelStreamInferResponse;
import io.netty.buffer.ByteBuf;
import io.vertx.core.Future;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Inferences on one call, each answered when its answer is there. Not thread-safe; owned by the call's event loop.
///
/// A client may send faster than it reads: beyond a number of requests whose answers are not written, nothing more is
/// read from it. Nor is what has no room in the byte budget, as long as an answer of this stream is still to come: that
/// frees some, whatever other calls do. With nothing under way it could wait for ever, and is refused.
final class InferStream implements MessageReader.Receiver, OpenStreams.Stream, Inference.Reply {
    static final int UNDER_WAY_MAX = 128;

    private final Intake intake;
    private final Traffic traffic;
    private final Call call;
    private long requests;
    private int underWay;
    private boolean full;
    private boolean ended;
    private boolean stopping;

    private InferStream(Intake intake, Traffic traffic, Call call) {
        this.intake = intake;
        this.traffic = traffic;
        this.call = call;
    }

    static void begin(Intake intake, Traffic traffic, Call call, OpenStreams open, long messageBytesMax) {
        InferStream stream = new InferStream(intake, traffic, call);
        open.add(call, stream);
        call.begin(intake.budget(), messageBytesMax, stream);
    }

    @Override
    public void message(Message message) {
        if (stopping) {
            message.release();
            return;
        }
        underWay++;
        if (underWay == UNDER_WAY_MAX) {
            full = true;
            call.pause();
        }
        Inference.begin(intake, traffic, call, call.requestId() + "." + requests++, message, this);
    }

    @Override
    public boolean waitsForRoom() {
        return underWay > 0;
    }

    @Override
    public void ended() {
        ended = true;
        finishWhenDone();
    }

    @Override
    public void refused(GrpcRefusal refusal) {
        call.finish(refusal.status(), refusal.sentence());
    }

    @Override
    public void stop() {
        stopping = true;
        finishWhenDone();
    }

    @Override
    public List<ByteBuffer> encode(InferenceResponse response, @Nullable String id) {
        return GrpcAnswer.encodeStreamed(response, id, MessageReader.HEAD_BYTES);
    }

    @Override
    public Future<Void> send(ByteBuf frame) {
        return call.send(frame);
    }

    @Override
    public void refuse(Status status, String sentence, String model, @Nullable String id) {
        ModelInferResponse about = ModelInferResponse.newBuilder().setModelName(model).setId(id == null ? "" : id)
                .build();
        call.send(Frames.of(
                ModelStreamInferResponse.newBuilder().setErrorMessage(sentence).setInferResponse(about).build(),
                call.answerCoding())).onComplete(_ -> settled());
    }

    @Override
    public void settled() {
        underWay--;
        if (!full || underWay <= UNDER_WAY_MAX / 2) {
            full = false;
            call.resume();
        }
        finishWhenDone();
    }

    private void finishWhenDone() {
        if (underWay == 0 && ended) {
            call.finish(Status.OK, "");
        } else if (underWay == 0 && stopping) {
            call.finish(Status.UNAVAILABLE, "the server is stopping");
        }
    }
}
