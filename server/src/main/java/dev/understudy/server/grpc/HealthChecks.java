package dev.understudy.server.grpc;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.MessageLite;
import dev.understudy.server.plane.InferenceEndpoint;
import dev.understudy.server.proto.health.HealthCheckRequest;
import dev.understudy.server.proto.health.HealthCheckResponse;
import dev.understudy.server.proto.health.HealthCheckResponse.ServingStatus;
import dev.understudy.server.proto.health.HealthListResponse;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// gRPC's health service: the server as a whole and its inference service are serving when the server is ready. Not
/// thread-safe; owned by one event loop.
final class HealthChecks {
    static final String SERVICE = "grpc.health.v1.Health";
    private static final Set<String> KNOWN = Set.of("", Services.INFERENCE);
    private static final long LOOK_MILLIS = 500;

    private final InferenceEndpoint endpoint;
    private final OpenStreams open;

    HealthChecks(InferenceEndpoint endpoint, OpenStreams open) {
        this.endpoint = endpoint;
        this.open = open;
    }

    /// Answers `Check`.
    MessageLite check(CodedInputStream question) throws IOException, GrpcRefusal {
        String service = HealthCheckRequest.parseFrom(question).getService();
        if (!KNOWN.contains(service)) {
            throw new GrpcRefusal(Status.NOT_FOUND,
                    "unknown service: known are the empty name and " + Services.INFERENCE);
        }
        return response(service);
    }

    /// Answers `List`.
    MessageLite list(CodedInputStream question) throws IOException {
        question.skipMessage();
        HealthListResponse.Builder response = HealthListResponse.newBuilder();
        KNOWN.forEach(service -> response.putStatuses(service, response(service)));
        return response.build();
    }

    private HealthCheckResponse response(String service) {
        ServingStatus status = !KNOWN.contains(service)
                ? ServingStatus.SERVICE_UNKNOWN
                : endpoint.ready() ? ServingStatus.SERVING : ServingStatus.NOT_SERVING;
        return HealthCheckResponse.newBuilder().setStatus(status).build();
    }

    /// Begins a `Watch` whose message has come.
    void watch(Call call, String service) {
        Watch watch = new Watch(call, service);
        open.add(call, watch);
        watch.timer = call.context().nettyEventLoop().scheduleAtFixedRate(watch::look, LOOK_MILLIS, LOOK_MILLIS,
                TimeUnit.MILLISECONDS);
        watch.look();
    }

    /// One watcher.
    private final class Watch implements OpenStreams.Stream {
        private final Call call;
        private final String service;
        private @Nullable HealthCheckResponse last;
        private @Nullable ScheduledFuture<?> timer;

        Watch(Call call, String service) {
            this.call = call;
            this.service = service;
        }

        void look() {
            HealthCheckResponse now = response(service);
            if (!now.equals(last)) {
                last = now;
                call.send(Frames.of(now, call.answerCoding()));
            }
        }

        @Override
        public void over() {
            if (timer != null) {
                timer.cancel(false);
            }
        }

        @Override
        public void stop() {
            look();
            call.finish(Status.UNAVAILABLE, "the server is stopping");
        }
    }
}
