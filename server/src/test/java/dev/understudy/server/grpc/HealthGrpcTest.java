package dev.understudy.server.grpc;

import static dev.understudy.server.grpc.GrpcFixture.refusal;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.understudy.server.proto.health.HealthCheckRequest;
import dev.understudy.server.proto.health.HealthCheckResponse;
import dev.understudy.server.proto.health.HealthCheckResponse.ServingStatus;
import dev.understudy.server.proto.health.HealthListRequest;
import dev.understudy.server.proto.health.HealthListResponse;
import io.grpc.CallOptions;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.vertx.core.Future;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HealthGrpcTest extends GrpcStage {
    private static HealthCheckRequest of(String service) {
        return HealthCheckRequest.newBuilder().setService(service).build();
    }

    private ServingStatus check(String service) {
        var method = GrpcClient.method(HealthChecks.SERVICE + "/Check", MethodType.UNARY, of(service),
                HealthCheckResponse.getDefaultInstance());
        return ClientCalls.blockingUnaryCall(server.client.with(new Metadata()), method, CallOptions.DEFAULT,
                of(service)).getStatus();
    }

    private Iterator<HealthCheckResponse> watch(String service) {
        var method = GrpcClient.method(HealthChecks.SERVICE + "/Watch", MethodType.SERVER_STREAMING, of(service),
                HealthCheckResponse.getDefaultInstance());
        return ClientCalls.blockingServerStreamingCall(server.client.with(new Metadata()), method,
                CallOptions.DEFAULT, of(service));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", Services.INFERENCE})
    void healthFollowsReadiness(String service) {
        assertEquals(ServingStatus.SERVING, check(service));
        server.models.ready = false;
        assertEquals(ServingStatus.NOT_SERVING, check(service));
    }

    @Test
    void anotherServiceIsNotFound() {
        refusal(Code.NOT_FOUND, () -> check("other"));
    }

    @Test
    void theListHasEverythingThatCanBeChecked() {
        var method = GrpcClient.method(HealthChecks.SERVICE + "/List", MethodType.UNARY,
                HealthListRequest.getDefaultInstance(), HealthListResponse.getDefaultInstance());
        HealthCheckResponse serving = HealthCheckResponse.newBuilder().setStatus(ServingStatus.SERVING).build();
        assertEquals(Map.of("", serving, Services.INFERENCE, serving),
                ClientCalls.blockingUnaryCall(server.client.with(new Metadata()), method, CallOptions.DEFAULT,
                        HealthListRequest.getDefaultInstance()).getStatusesMap());
    }

    @Test
    void aWatcherIsToldOfEveryChangeAndOfTheEnd() throws Exception {
        Iterator<HealthCheckResponse> statuses = watch("");
        assertEquals(ServingStatus.SERVING, statuses.next().getStatus());
        server.models.ready = false;
        assertEquals(ServingStatus.NOT_SERVING, statuses.next().getStatus());
        server.models.ready = true;
        assertEquals(ServingStatus.SERVING, statuses.next().getStatus());
        assertEquals(ServingStatus.SERVICE_UNKNOWN, watch("other").next().getStatus());
        server.models.ready = false;
        Future<Void> closed = server.plane.close();
        assertEquals(ServingStatus.NOT_SERVING, statuses.next().getStatus());
        StatusRuntimeException end = Assertions.assertThrows(StatusRuntimeException.class, statuses::next);
        assertEquals(Code.UNAVAILABLE, Status.fromThrowable(end).getCode());
        closed.await(20, TimeUnit.SECONDS);
    }
}
