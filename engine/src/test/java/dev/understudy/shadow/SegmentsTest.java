package dev.understudy.shadow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class SegmentsTest {
    @Test
    void noSegmentAndAnEmptyOneAreNone() {
        Segments segments = new Segments();
        assertNull(segments.of(null));
        assertNull(segments.of(""));
    }

    @Test
    void invariantI5TheFirstKeepTheirNamesAndTheRestArePooled() {
        Segments segments = new Segments();
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < 1_000; i++) {
                assertEquals(i < Segments.KEPT_MAX ? "tenant-" + i : Segments.OTHER, segments.of("tenant-" + i));
            }
        }
    }

    @Test
    void aTextTooLongForANameIsPooledAndTakesNoPlace() {
        Segments segments = new Segments();
        IntStream.range(0, 100).forEach(i -> assertEquals(Segments.OTHER, segments.of("x".repeat(65 + i))));
        assertEquals(Segments.OTHER, segments.of(Segments.OTHER));
        for (int i = 0; i < Segments.KEPT_MAX; i++) {
            assertEquals("s" + i, segments.of("s" + i));
        }
        String longest = "y".repeat(Segments.LENGTH_MAX);
        assertEquals(longest, new Segments().of(longest));
    }

    @Test
    void afterARestartTheRecordedOnesKeepTheirPlaces() {
        Segments segments = new Segments();
        segments.seed(List.of("", "other", "eu", "us", "eu"));
        for (int i = 0; i < 1_000; i++) {
            segments.of("new-" + i);
        }
        assertEquals("eu", segments.of("eu"));
        assertEquals("us", segments.of("us"));
        assertEquals("new-61", segments.of("new-61"));
        assertEquals(Segments.OTHER, segments.of("new-62"), "two places were taken");
    }

    @Property(tries = 200)
    void aNameIsTheTextItselfOrThePool(@ForAll @Size(max = 200) List<String> texts) {
        Segments segments = new Segments();
        Set<String> names = new HashSet<>();
        for (String text : texts) {
            String name = segments.of(text);
            assertTrue(text.isEmpty() ? name == null : text.equals(name) || Segments.OTHER.equals(name));
            assertEquals(name, segments.of(text), "the same again");
            if (name != null) {
                names.add(name);
            }
        }
        assertTrue(names.size() <= Segments.KEPT_MAX + 1);
    }
}
