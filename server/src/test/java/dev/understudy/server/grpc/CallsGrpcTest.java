package dev.understudy.server.grpc;

import static dev.understudy.server.grpc.GrpcFixture.floats;
import static dev.understudy.server.grpc.GrpcFixture.pair;
import static dev.understudy.server.grpc.GrpcFixture.refusal;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.server.codec.GrpcBodies;
import dev.understudy.server.proto.ModelInferRequest;
import dev.understudy.server.proto.ModelInferResponse;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.Tensor;
import io.grpc.CallOptions;
import io.grpc.Metadata;
import io.grpc.Status.Code;
import io.grpc.stub.ClientCalls;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// Many calls at once, and calls that end before their answer.
class CallsGrpcTest extends GrpcStage {
    @Test
    void smallRequestsOnOneConnectionDoNotWaitForASlowOne() throws Exception {
        Future<ModelInferResponse> slow = begin(pair("held"), CallOptions.DEFAULT);
        Runnable release = server.models.held.take();
        for (int i = 0; i < 50; i++) {
            assertEquals(1, server.infer(pair("add_one")).getOutputsCount());
        }
        assertEquals(false, slow.isDone());
        release.run();
        assertEquals("held", slow.get().getModelName());
    }

    private Future<ModelInferResponse> begin(ModelInferRequest request, CallOptions options) {
        var method = GrpcClient.method("ModelInfer", request, ModelInferResponse.getDefaultInstance());
        return ClientCalls.futureUnaryCall(server.client.with(new Metadata()).newCall(method, options), request);
    }

    @Test
    void aPassedDeadlineEndsTheCallAndFreesWhatItHeldOnceTheModelIsDone() throws Exception {
        refusal(Code.DEADLINE_EXCEEDED,
                () -> server.client.call("ModelInfer", pair("held"), ModelInferResponse.getDefaultInstance(),
                        CallOptions.DEFAULT.withDeadlineAfter(100, TimeUnit.MILLISECONDS), new Metadata()));
        Runnable release = server.models.held.take();
        assertTrue(server.intake.budget().held() > 0, "the model still has the request");
        release.run();
        server.awaitNothingHeld();
    }

    @Test
    void aCancelledCallFreesWhatItHeldOnceTheModelIsDone() throws Exception {
        Future<ModelInferResponse> call = begin(pair("held"), CallOptions.DEFAULT);
        Runnable release = server.models.held.take();
        assertTrue(call.cancel(true));
        release.run();
        server.awaitNothingHeld();
        assertEquals(1, server.infer(pair("add_one")).getOutputsCount());
    }

    @Test
    void callsThatAreCancelledByTheHundredCostTheOthersOnTheirConnectionNothing() throws Exception {
        Future<ModelInferResponse> witness = begin(pair("held"), CallOptions.DEFAULT);
        Runnable answer = server.models.held.take();
        for (int i = 0; i < 1_000; i++) {
            Future<ModelInferResponse> call = begin(pair("held"), CallOptions.DEFAULT);
            Runnable release = server.models.held.take();
            assertTrue(call.cancel(true));
            release.run();
        }
        answer.run();
        assertEquals(1, witness.get().getOutputsCount());
        server.awaitNothingHeld();
    }

    @Test
    void everyAnswerOfManyBelongsToItsRequest() throws Exception {
        List<Future<ModelInferResponse>> answers = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            Tensor input = Tensor.ofFloats("x", Shape.of(1, 2), i, 0);
            ModelInferRequest request = i % 2 == 0
                    ? GrpcBodies.raw("add_one", List.of(input))
                    : GrpcBodies.typed("add_one", List.of(input));
            answers.add(begin(request.toBuilder().setId("id-" + i).build(), CallOptions.DEFAULT));
        }
        Set<String> ids = new HashSet<>();
        for (int i = 0; i < answers.size(); i++) {
            ModelInferResponse answer = answers.get(i).get();
            assertEquals("id-" + i, answer.getId());
            assertEquals(floats(i + 1, 1), answer.getRawOutputContents(0));
            ids.add(answer.getId());
        }
        assertEquals(400, ids.size());
        assertNotNull(server.models.last.get());
    }
}
