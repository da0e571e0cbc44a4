package dev.understudy.server.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import dev.understudy.server.plane.Intake;
import dev.understudy.server.plane.TestModels;
import dev.understudy.server.tracing.MemorySpans;
import dev.understudy.server.tracing.Tracing;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TracingHttpTest {
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String PARENT = "b7ad6b7169203331";
    private static final String TRACEPARENT = "00-" + TRACE + "-" + PARENT + "-01";

    /// Asks a data plane that is traced as the environment says, and closes both.
    private static void ask(Map<String, String> environment, String... headers) throws Exception {
        try (Tracing tracing = Objects.requireNonNull(Tracing.of(environment)); TestModels models = new TestModels()) {
            Vertx vertx = Vertx.builder().withTracer(tracing.factory()).build();
            try (HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
                HttpDataPlane plane = HttpDataPlane.start(vertx,
                        new Intake(models, PlaneFixture.OPTIONS.bodyBytesMax()), PlaneFixture.OPTIONS).await(20,
                                TimeUnit.SECONDS);
                URI infer = URI.create("http://127.0.0.1:" + plane.port() + "/v2/models/add_one/infer");
                HttpRequest.Builder request = HttpRequest.newBuilder(infer)
                        .POST(HttpRequest.BodyPublishers.ofString(PlaneFixture.ADD_ONE));
                for (int i = 0; i < headers.length; i += 2) {
                    request.header(headers[i], headers[i + 1]);
                }
                assertEquals(200, client.send(request.build(), HttpResponse.BodyHandlers.ofString()).statusCode());
            } finally {
                vertx.close().await(20, TimeUnit.SECONDS);
            }
        }
    }

    @Test
    void theServersSpanContinuesTheClientsTrace() throws Exception {
        ask(Map.of("OTEL_TRACES_EXPORTER", "memory"), "traceparent", TRACEPARENT);
        List<SpanData> spans = MemorySpans.EXPORTED.stream().filter(span -> span.getTraceId().equals(TRACE)).toList();
        assertEquals(1, spans.size(), spans.toString());
        assertEquals(SpanKind.SERVER, spans.getFirst().getKind());
        assertEquals(PARENT, spans.getFirst().getParentSpanId());
        assertTrue(spans.getFirst().getParentSpanContext().isRemote());
        assertTrue(spans.getFirst().hasEnded());
    }

    @Test
    void aRequestWithoutATraceOrWithABrokenOneBeginsOne() throws Exception {
        int before = MemorySpans.EXPORTED.size();
        ask(Map.of("OTEL_TRACES_EXPORTER", "memory"));
        ask(Map.of("OTEL_TRACES_EXPORTER", "memory"), "traceparent", "00-" + "0".repeat(32) + "-zz");
        List<SpanData> spans = MemorySpans.EXPORTED.subList(before, MemorySpans.EXPORTED.size());
        assertEquals(2, spans.size());
        for (SpanData span : spans) {
            assertFalse(span.getParentSpanContext().isValid());
            assertTrue(span.getSpanContext().isValid());
        }
    }

    @Test
    void spansGoToTheCollectorTheEnvironmentNames() throws Exception {
        BlockingQueue<byte[]> received = new LinkedBlockingQueue<>();
        HttpServer collector = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        collector.createContext("/v1/traces", exchange -> {
            received.add(exchange.getRequestBody().readAllBytes());
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        collector.start();
        try {
            ask(Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:" + collector.getAddress().getPort()),
                    "traceparent", TRACEPARENT);
            byte[] export = Objects.requireNonNull(received.poll(20, TimeUnit.SECONDS));
            assertArrayEquals(HexFormat.of().parseHex(TRACE), found(export, HexFormat.of().parseHex(TRACE)));
            assertArrayEquals(HexFormat.of().parseHex(PARENT), found(export, HexFormat.of().parseHex(PARENT)));
            assertTrue(new String(export, StandardCharsets.ISO_8859_1).contains("understudy"));
        } finally {
            collector.stop(0);
        }
    }

    /// The bytes where they stand in a message, or none.
    private static byte[] found(byte[] message, byte[] wanted) {
        String haystack = new String(message, StandardCharsets.ISO_8859_1);
        return haystack.contains(new String(wanted, StandardCharsets.ISO_8859_1)) ? wanted : new byte[0];
    }
}
