package dev.understudy.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class MemorySamplesTest {
    @Test
    void aLifeIsNamedAfterTheTenMinutesItStartedIn() {
        Instant noon = Instant.parse("2026-11-25T12:00:00Z");
        assertEquals("2026-11-25T12:00:00Z", MemorySamples.life(noon));
        assertEquals(MemorySamples.life(noon), MemorySamples.life(noon.plusSeconds(599)));
        assertNotEquals(MemorySamples.life(noon), MemorySamples.life(noon.plusSeconds(600)));
        assertNotEquals(MemorySamples.life(noon), MemorySamples.life(noon.minusSeconds(1)));
    }
}
