package dev.understudy.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.understudy.ffm.ort.SessionOptions;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PlacedSessionTest {
    /// As ONNX Runtime itself says; every session of both lanes is made with these options.
    @Test
    void noSessionsThreadsSpin() throws Exception {
        try (SessionOptions options = PlacedSession.options(OrtNatives.api(), 2)) {
            assertEquals(Optional.of("0"), options.entry("session.intra_op.allow_spinning"));
            assertEquals(Optional.of("0"), options.entry("session.inter_op.allow_spinning"));
            assertEquals(Optional.empty(), options.entry("session.force_spinning_stop"), "nothing else is set");
        }
    }
}
