package dev.understudy.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class TerminalTest {
    @Test
    void colourNeedsATerminalThatCanAndAPersonWhoWants() {
        assertEquals(new Terminal(true, true, true), Terminal.of(true, Map.of(), StandardCharsets.UTF_8));
        assertEquals(new Terminal(true, true, true), Terminal.of(true, Map.of("NO_COLOR", ""), StandardCharsets.UTF_8));
        assertEquals(new Terminal(true, false, true),
                Terminal.of(true, Map.of("NO_COLOR", "1"), StandardCharsets.UTF_8));
        assertEquals(new Terminal(false, false, true), Terminal.of(false, Map.of(), StandardCharsets.UTF_8));
        assertEquals(new Terminal(false, false, true),
                Terminal.of(true, Map.of("TERM", "dumb"), StandardCharsets.UTF_8));
        assertEquals(new Terminal(true, true, false), Terminal.of(true, Map.of(), StandardCharsets.US_ASCII));
    }

    @Test
    void withoutColourTextStaysAsItIs() {
        assertEquals("plain", Terminal.PLAIN.red("plain"));
        assertEquals("\u001b[31mred\u001b[0m", new Terminal(true, true, true).red("red"));
    }
}
