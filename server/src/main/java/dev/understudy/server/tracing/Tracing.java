package dev.understudy.server.tracing;

import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import io.vertx.core.spi.VertxTracerFactory;
import io.vertx.tracing.opentelemetry.OpenTelemetryTracingFactory;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A span for every request of the data plane, continuing the client's W3C `traceparent`, sent as OpenTelemetry's
/// environment variables say. Thread-safe.
public final class Tracing implements AutoCloseable {
    /// Traces are wanted when one of these says where to.
    private static final List<String> ASKING = List.of("OTEL_TRACES_EXPORTER", "OTEL_EXPORTER_OTLP_ENDPOINT",
            "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT");
    /// What the variables need not say. Metrics and logs have faces of their own here, and the one sender this program
    /// carries speaks the protocol over plain HTTP.
    private static final Map<String, String> DEFAULTS = Map.of("otel.service.name", "understudy",
            "otel.exporter.otlp.protocol", "http/protobuf", "otel.metrics.exporter", "none", "otel.logs.exporter",
            "none");
    private static final long CLOSE_SECONDS_MAX = 5;

    private final OpenTelemetrySdk sdk;

    private Tracing(OpenTelemetrySdk sdk) {
        this.sdk = sdk;
    }

    /// Tracing as these variables ask for it, or null when they ask for none.
    ///
    /// @throws TracingStartException when they cannot be followed
    public static @Nullable Tracing of(Map<String, String> environment) throws TracingStartException {
        if (ASKING.stream().allMatch(name -> environment.getOrDefault(name, "").isEmpty())
                || environment.getOrDefault("OTEL_TRACES_EXPORTER", "").equalsIgnoreCase("none")
                || environment.getOrDefault("OTEL_SDK_DISABLED", "").equalsIgnoreCase("true")) {
            return null;
        }
        try {
            return new Tracing(AutoConfiguredOpenTelemetrySdk.builder().disableShutdownHook()
                    .addPropertiesSupplier(() -> properties(environment)).build().getOpenTelemetrySdk());
        } catch (RuntimeException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new TracingStartException("OpenTelemetry cannot be set up as the OTEL_ variables say: "
                    + cause.getMessage(), e);
        }
    }

    private static Map<String, String> properties(Map<String, String> environment) {
        Map<String, String> properties = new HashMap<>(DEFAULTS);
        environment.forEach((name, value) -> {
            if (name.startsWith("OTEL_")) {
                properties.put(name.toLowerCase(Locale.ROOT).replace('_', '.'), value);
            }
        });
        return properties;
    }

    /// Gives a Vert.x instance these traces.
    public VertxTracerFactory factory() {
        return new OpenTelemetryTracingFactory(sdk);
    }

    /// Sends what is left, as long as a stopping server may take, and ends. To be closed after what it traces.
    @Override
    public void close() {
        sdk.shutdown().join(CLOSE_SECONDS_MAX, TimeUnit.SECONDS);
    }
}
