package dev.understudy.server.grpc;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import dev.understudy.infer.InferenceResponse;
import dev.understudy.server.codec.GrpcAnswer;
import dev.understudy.server.plane.Intake;
import dev.understudy.server.plane.Traffic;
import dev.understudy.server.proto.health.HealthCheckRequest;
import io.netty.buffer.ByteBuf;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The methods of all services, by path. Not thread-safe; owned by one event loop.
final class Services {
    static final String INFERENCE = "inference.GRPCInferenceService";
    /// A question is a name or two.
    private static final long QUESTION_BYTES_MAX = 64 * 1024;

    private final Intake intake;
    private final long messageBytesMax;
    private final Traffic traffic = new Traffic();
    private final OpenStreams open = new OpenStreams();
    private final Map<String, Consumer<Call>> methods = new HashMap<>();

    /// @param messageBytesMax one request of inference
    Services(Intake intake, long messageBytesMax) {
        this.intake = intake;
        this.messageBytesMax = messageBytesMax;
        add(INFERENCE, "ModelInfer", this::infer);
        add(INFERENCE, "ModelStreamInfer", call -> InferStream.begin(intake, traffic, call, open, messageBytesMax));
        new Queries(intake.endpoint(), intake.identity()).byMethod()
                .forEach((name, query) -> ask(INFERENCE, name, query));
        HealthChecks health = new HealthChecks(intake.endpoint(), open);
        ask(HealthChecks.SERVICE, "Check", health::check);
        ask(HealthChecks.SERVICE, "List", health::list);
        add(HealthChecks.SERVICE, "Watch", call -> watch(call, health));
        Reflection reflection = new Reflection();
        add(Reflection.SERVICE, "ServerReflectionInfo", call -> reflect(call, reflection));
        add(Reflection.OLDER_SERVICE, "ServerReflectionInfo", call -> reflect(call, reflection));
    }

    private void add(String service, String name, Consumer<Call> method) {
        methods.put("/" + service + "/" + name, method);
    }

    private void ask(String service, String name, Queries.Query query) {
        add(service, name, call -> OneMessage.begin(call, intake.budget(), QUESTION_BYTES_MAX,
                message -> answer(call, message, query)));
    }

    /// Serves a call to the method at `path`, or says that there is none.
    void serve(Call call, String path) {
        Consumer<Call> method = methods.get(path);
        if (method == null) {
            call.finish(Status.UNIMPLEMENTED, "there is no method " + path);
        } else {
            method.accept(call);
        }
    }

    /// Ends the calls that only their clients would end, as soon as what was asked is answered.
    void stop() {
        open.stop();
    }

    private static void answer(Call call, Message message, Queries.Query query) {
        try (message) {
            MessageLite answer = query.answer(message.open());
            call.answer(Frames.of(answer, call.answerCoding()));
        } catch (GrpcRefusal refusal) {
            call.finish(refusal.status(), refusal.sentence());
        } catch (InvalidProtocolBufferException malformed) {
            call.finish(Status.INVALID_ARGUMENT, "the request is malformed protobuf");
        } catch (IOException impossible) {
            throw new IllegalStateException("bytes in memory cannot be read", impossible);
        }
    }

    private void infer(Call call) {
        OneMessage.begin(call, intake.budget(), messageBytesMax,
                message -> Inference.begin(intake, traffic, call, call.requestId(), message, new UnaryReply(call)));
    }

    private void watch(Call call, HealthChecks health) {
        OneMessage.begin(call, intake.budget(), QUESTION_BYTES_MAX, message -> {
            try (message) {
                health.watch(call, HealthCheckRequest.parseFrom(message.open()).getService());
            } catch (GrpcRefusal refusal) {
                call.finish(refusal.status(), refusal.sentence());
            } catch (IOException malformed) {
                call.finish(Status.INVALID_ARGUMENT, "the request is malformed protobuf");
            }
        });
    }

    private void reflect(Call call, Reflection reflection) {
        ReflectionStream stream = new ReflectionStream(call, reflection);
        open.add(call, stream);
        call.begin(intake.budget(), QUESTION_BYTES_MAX, stream);
    }

    /// The answer to a call that has one.
    private record UnaryReply(Call call) implements Inference.Reply {
        @Override
        public List<ByteBuffer> encode(InferenceResponse response, @Nullable String id) {
            return GrpcAnswer.encode(response, id, MessageReader.HEAD_BYTES);
        }

        @Override
        public Future<Void> send(ByteBuf frame) {
            return call.answer(frame);
        }

        @Override
        public void refuse(Status status, String sentence, String model, @Nullable String id) {
            call.finish(status, sentence);
        }
    }
}
