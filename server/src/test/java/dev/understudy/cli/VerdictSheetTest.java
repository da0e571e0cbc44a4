package dev.understudy.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.junit.jupiter.api.Test;

class VerdictSheetTest {
    @Test
    void theSheetSaysWhatTheNoiseFloorIs() throws Exception {
        JsonNode verdict = StatusPageTest.json("""
                {"noise":"They differ.","noise_floor":{"sentence":"Noise floor: calibrating, 1 of 500."},
                 "statement":"At most 5%."}""");
        assertEquals(List.of("They differ.", "Noise floor: calibrating, 1 of 500.", "At most 5%."),
                new VerdictSheet("m", "2", verdict).remarks());
    }
}
