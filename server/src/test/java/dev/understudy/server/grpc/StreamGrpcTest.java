package dev.understudy.server.grpc;

import static dev.understudy.server.grpc.GrpcFixture.pair;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.server.codec.GrpcBodies;
import dev.understudy.server.proto.ModelInferRequest;
import dev.understudy.server.proto.ModelInferResponse;
import dev.understudy.server.proto.ModelStreamInferResponse;
import dev.understudy.tensor.DataType;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.Tensor;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.stub.ClientCalls;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class StreamGrpcTest extends GrpcStage {
    private static final int PATIENCE_SECONDS = 20;
    private static final int LARGE_BYTES = 100_000;
    /// So many large requests have room, with what counts for each besides.
    private static final int FITTING = (int) GrpcFixture.BODY_BYTES_MAX / LARGE_BYTES - 1;

    /// A stream as a client sees it, which takes answers only when asked to. Thread-safe.
    private static final class Stream extends ClientCall.Listener<ModelStreamInferResponse> {
        final BlockingQueue<ModelStreamInferResponse> answers = new LinkedBlockingQueue<>();
        final CompletableFuture<Status> ended = new CompletableFuture<>();
        final ClientCall<ModelInferRequest, ModelStreamInferResponse> call;

        Stream(GrpcFixture server) {
            call = server.client.with(new Metadata())
                    .newCall(GrpcClient.method(Services.INFERENCE + "/ModelStreamInfer", MethodType.BIDI_STREAMING,
                            ModelInferRequest.getDefaultInstance(), ModelStreamInferResponse.getDefaultInstance()),
                            CallOptions.DEFAULT);
            call.start(this, new Metadata());
        }

        Stream send(ModelInferRequest request) {
            call.sendMessage(request);
            return this;
        }

        /// Asks for the next answer and waits for it.
        ModelStreamInferResponse take() throws InterruptedException {
            call.request(1);
            ModelStreamInferResponse answer = answers.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (answer == null) {
                throw new AssertionError("no answer; the stream's end: " + ended.getNow(Status.UNKNOWN));
            }
            return answer;
        }

        @Override
        public void onMessage(ModelStreamInferResponse answer) {
            answers.add(answer);
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            ended.complete(status);
        }
    }

    private static ModelInferRequest numbered(String model, int number) {
        return pair(model).toBuilder().setId("id-" + number).build();
    }

    private static ModelInferRequest large(String model, int number) {
        Tensor zeros = new Tensor("x", DataType.FP32, Shape.of(LARGE_BYTES / Float.BYTES),
                MemorySegment.ofArray(new byte[LARGE_BYTES]));
        return GrpcBodies.raw(model, List.of(zeros)).toBuilder().setId("id-" + number).build();
    }

    /// Returns when the server has read what this connection sent before, as far as it reads it.
    private void awaitRead() {
        server.client.call("ModelInfer", pair("add_one"), ModelInferResponse.getDefaultInstance());
    }

    @Test
    void requestsAreAnsweredAsTheirAnswersComeAndMatchedById() throws Exception {
        Stream stream = new Stream(server).send(numbered("held", 1)).send(numbered("add_one", 2));
        assertEquals("id-2", stream.take().getInferResponse().getId());
        stream.call.halfClose();
        server.models.held.take().run();
        ModelStreamInferResponse late = stream.take();
        assertEquals("id-1 held 3", late.getInferResponse().getId() + " " + late.getInferResponse().getModelName()
                + " " + late.getInferResponse().getModelVersion());
        assertEquals("", late.getErrorMessage());
        assertEquals(Code.OK, stream.ended.get().getCode());
    }

    @Test
    void aRequestThatFailsIsAnsweredByNameAndTheStreamGoesOn() throws Exception {
        Stream stream = new Stream(server);
        for (String model : List.of("nobody", "broken", "throws", "busy")) {
            ModelStreamInferResponse answer = stream.send(numbered(model, 7)).take();
            assertFalse(answer.getErrorMessage().isBlank(), model);
            assertEquals(model + " id-7",
                    answer.getInferResponse().getModelName() + " " + answer.getInferResponse().getId());
        }
        assertEquals("", stream.send(numbered("add_one", 8)).take().getErrorMessage());
        stream.call.halfClose();
        assertEquals(Code.OK, stream.ended.get().getCode());
    }

    @Test
    void noMoreThanItsBoundOfAStreamIsUnderWayAndAllIsAnswered() throws Exception {
        int requests = 2 * InferStream.UNDER_WAY_MAX + 50;
        Stream stream = new Stream(server);
        for (int i = 0; i < requests; i++) {
            stream.send(numbered("held", i));
        }
        stream.call.halfClose();
        List<Runnable> held = new ArrayList<>();
        while (held.size() < InferStream.UNDER_WAY_MAX) {
            held.add(server.models.held.take());
        }
        awaitRead();
        assertEquals(0, server.models.held.size());
        Set<String> ids = new HashSet<>();
        for (int i = 0; i < requests; i++) {
            (i < held.size() ? held.get(i) : server.models.held.take()).run();
            ids.add(stream.take().getInferResponse().getId());
            assertTrue(server.models.held.size() <= InferStream.UNDER_WAY_MAX);
        }
        assertEquals(requests, ids.size());
        assertEquals(Code.OK, stream.ended.get().getCode());
    }

    @Test
    void whatWouldFillTheByteBudgetWaitsForAnswersOfItsStream() throws Exception {
        int requests = 30;
        Stream stream = new Stream(server);
        for (int i = 0; i < requests; i++) {
            stream.send(large("held", i));
        }
        stream.call.halfClose();
        Set<String> ids = new HashSet<>();
        for (int i = 0; i < requests; i++) {
            server.models.held.take().run();
            assertTrue(server.intake.budget().held() <= GrpcFixture.BODY_BYTES_MAX);
            ModelStreamInferResponse answer = stream.take();
            assertEquals("", answer.getErrorMessage());
            ids.add(answer.getInferResponse().getId());
        }
        assertEquals(requests, ids.size());
        assertEquals(Code.OK, stream.ended.get().getCode());
    }

    @Test
    void aStreamWithNothingUnderWayIsRefusedWhereTheByteBudgetIsFull() throws Exception {
        List<Runnable> held = new ArrayList<>();
        var method = GrpcClient.method("ModelInfer", pair("held"), ModelInferResponse.getDefaultInstance());
        for (int i = 0; i < FITTING; i++) {
            var unused = ClientCalls.futureUnaryCall(
                    server.client.with(new Metadata()).newCall(method, CallOptions.DEFAULT), large("held", i));
            held.add(server.models.held.take());
        }
        Stream stream = new Stream(server).send(large("add_one", 1));
        Status status = stream.ended.get();
        assertEquals(Code.UNAVAILABLE, status.getCode());
        assertTrue(Objects.requireNonNull(status.getDescription()).contains("try again"), status.getDescription());
        held.forEach(Runnable::run);
    }

    @Test
    void aStreamGivenUpWhileItWaitsFreesWhatItHeldOnceTheModelIsDone() throws Exception {
        Stream stream = new Stream(server);
        for (int i = 0; i < 30; i++) {
            stream.send(large("held", i));
        }
        List<Runnable> held = new ArrayList<>();
        while (held.size() < FITTING) {
            held.add(server.models.held.take());
        }
        stream.call.cancel("enough", null);
        assertEquals(Code.CANCELLED, stream.ended.get().getCode());
        awaitRead();
        assertEquals(0, server.models.held.size());
        held.forEach(Runnable::run);
        server.awaitNothingHeld();
        awaitRead();
    }

    @Test
    void callsGivenUpWhoseAnswersAreNotReadFreeWhatTheyHeld() throws Exception {
        // Each answer is larger than the client's window, so its rest and the trailers behind it are queued.
        for (String method : List.of("ModelInfer", "ModelStreamInfer")) {
            for (int round = 0; round < 20; round++) {
                ClientCall<ModelInferRequest, ModelStreamInferResponse> call = server.client.with(new Metadata())
                        .newCall(GrpcClient.method(Services.INFERENCE + "/" + method, MethodType.BIDI_STREAMING,
                                ModelInferRequest.getDefaultInstance(), ModelStreamInferResponse.getDefaultInstance()),
                                CallOptions.DEFAULT);
                CompletableFuture<Void> begun = new CompletableFuture<>();
                call.start(new ClientCall.Listener<>() {
                    @Override
                    public void onHeaders(Metadata headers) {
                        begun.complete(null);
                    }
                }, new Metadata());
                call.sendMessage(large("add_one", round));
                call.halfClose();
                begun.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
                assertTrue(server.intake.budget().held() > 0);
                call.cancel("enough", null);
            }
            server.awaitNothingHeld();
        }
        assertEquals("", new Stream(server).send(numbered("add_one", 1)).take().getErrorMessage());
    }
}
