package dev.understudy.server.grpc;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.MessageLite;
import java.io.IOException;

/// A tool's questions on one call, answered in order. Not thread-safe; owned by the call's event loop.
final class ReflectionStream implements MessageReader.Receiver, OpenStreams.Stream {
    private final Call call;
    private final Reflection reflection;

    ReflectionStream(Call call, Reflection reflection) {
        this.call = call;
        this.reflection = reflection;
    }

    @Override
    public void message(Message message) {
        try (message) {
            MessageLite answer = reflection.answer(message.open());
            call.send(Frames.of(answer, call.answerCoding()));
        } catch (IOException malformed) {
            call.finish(Status.INVALID_ARGUMENT, "the request is malformed protobuf");
        } catch (GrpcRefusal refusal) {
            refused(refusal);
        }
    }

    @Override
    public void ended() {
        call.finish(Status.OK, "");
    }

    @Override
    public void refused(GrpcRefusal refusal) {
        call.finish(refusal.status(), refusal.sentence());
    }

    @Override
    public void stop() {
        call.finish(Status.UNAVAILABLE, "the server is stopping");
    }
}
