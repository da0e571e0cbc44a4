package dev.understudy.server.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.server.plane.DataPlaneOptions;
import dev.understudy.server.plane.Intake;
import dev.understudy.server.plane.TestModels;
import dev.understudy.server.proto.ModelInferResponse;
import dev.understudy.server.tracing.MemorySpans;
import dev.understudy.server.tracing.Tracing;
import io.grpc.CallOptions;
import io.grpc.Metadata;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TracingGrpcTest {
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String PARENT = "00f067aa0ba902b7";

    @Test
    void theServersSpanContinuesTheClientsTrace() throws Exception {
        Metadata headers = new Metadata();
        headers.put(Metadata.Key.of("traceparent", Metadata.ASCII_STRING_MARSHALLER),
                "00-" + TRACE + "-" + PARENT + "-01");
        DataPlaneOptions options = new DataPlaneOptions("127.0.0.1", 0, 1, 300_000, 800_000, Duration.ofMinutes(1),
                Duration.ofSeconds(20));
        try (Tracing tracing = Objects.requireNonNull(Tracing.of(Map.of("OTEL_TRACES_EXPORTER", "memory")));
                TestModels models = new TestModels()) {
            Vertx vertx = Vertx.builder().withTracer(tracing.factory()).build();
            try {
                GrpcDataPlane plane = GrpcDataPlane.start(vertx, new Intake(models, 800_000), options).await(20,
                        TimeUnit.SECONDS);
                try (GrpcClient client = new GrpcClient(plane.port())) {
                    client.call("ModelInfer", GrpcFixture.pair("add_one"), ModelInferResponse.getDefaultInstance(),
                            CallOptions.DEFAULT, headers);
                }
            } finally {
                vertx.close().await(20, TimeUnit.SECONDS);
            }
        }
        List<SpanData> spans = MemorySpans.EXPORTED.stream().filter(span -> span.getTraceId().equals(TRACE)).toList();
        assertEquals(1, spans.size(), spans.toString());
        assertEquals(SpanKind.SERVER, spans.getFirst().getKind());
        assertEquals(PARENT, spans.getFirst().getParentSpanId());
        assertTrue(spans.getFirst().getParentSpanContext().isRemote());
        assertTrue(spans.getFirst().hasEnded());
    }
}
