package dev.understudy.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

final class DurationTextTest {
    @Test
    void bothSpellingsOfMinutesAreRead() {
        for (String text : List.of("30m", "30min", "30 min", " 1800s ", "0.5h", "1800000ms")) {
            assertEquals(OptionalLong.of(1_800_000_000_000L), DurationText.nanos(text), text);
        }
        assertEquals(OptionalLong.of(172_800_000_000_000L), DurationText.nanos("2d"));
        assertEquals(OptionalLong.of(0), DurationText.nanos("0"));
    }

    @Test
    void whatIsNoDurationIsNone() {
        for (String text : List.of("", "soon", "30", "-1s", "1e3s", "30 minutes", "999999999999999d")) {
            assertEquals(OptionalLong.empty(), DurationText.nanos(text), text);
        }
    }
}
