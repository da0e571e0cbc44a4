package dev.understudy.server.grpc;

import dev.understudy.server.plane.ByteBudget;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Waits for the one message of a call that takes one. Not thread-safe; owned by the call's event loop.
final class OneMessage implements MessageReader.Receiver {
    private final Call call;
    private final Consumer<Message> then;
    private @Nullable Message only;

    private OneMessage(Call call, Consumer<Message> then) {
        this.call = call;
        this.then = then;
    }

    /// Begins a call that takes one message of at most `bytesMax` bytes.
    ///
    /// @param then takes the message over once the client has nothing more to say
    static void begin(Call call, ByteBudget budget, long bytesMax, Consumer<Message> then) {
        OneMessage receiver = new OneMessage(call, then);
        call.whenOver(receiver::over);
        call.begin(budget, bytesMax, receiver);
    }

    /// Releases what came in vain.
    private void over() {
        if (only != null) {
            only.release();
            only = null;
        }
    }

    @Override
    public void message(Message message) {
        if (only == null) {
            only = message;
        } else {
            message.release();
            call.finish(Status.INVALID_ARGUMENT, "this method takes one message a call, and more than one came");
        }
    }

    @Override
    public void ended() {
        Message message = only;
        only = null;
        if (message == null) {
            call.finish(Status.INVALID_ARGUMENT, "this method takes one message a call, and none came");
        } else {
            then.accept(message);
        }
    }

    @Override
    public void refused(GrpcRefusal refusal) {
        call.finish(refusal.status(), refusal.sentence());
    }
}
