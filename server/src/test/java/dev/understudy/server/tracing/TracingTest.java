package dev.understudy.server.tracing;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.Test;

class TracingTest {
    @Test
    void thereIsNoneUnlessTheEnvironmentSaysWhereTo() throws Exception {
        assertNull(Tracing.of(Map.of()));
        assertNull(Tracing.of(Map.of("OTEL_SERVICE_NAME", "digits", "OTEL_TRACES_EXPORTER", "")));
        assertNull(Tracing.of(Map.of("OTEL_TRACES_EXPORTER", "none")));
        assertNull(Tracing.of(Map.of("OTEL_TRACES_EXPORTER", "memory", "OTEL_SDK_DISABLED", "true")));
        try (Tracing tracing = Tracing.of(Map.of("OTEL_TRACES_EXPORTER", "memory"))) {
            assertNotNull(tracing);
        }
    }

    @Test
    void variablesThatCannotBeFollowedAreRefusedInOneSentence() {
        String message = assertThrows(TracingStartException.class,
                () -> Tracing.of(Map.of("OTEL_TRACES_EXPORTER", "carrier-pigeon"))).getMessage();
        assertTrue(message != null && message.contains("OTEL_") && message.contains("carrier-pigeon"), message);
    }
}
