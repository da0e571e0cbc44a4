package dev.understudy.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class VersionOrderTest {
    @Test
    void numbersComeFirstByValueThenNamesByTheirCharacters() {
        List<String> ordered = List.of("0", "1", "2", "007", "10", "99999999999999999999999", "better", "model", "v1",
                "v10", "v2");
        List<String> mixed = new ArrayList<>(ordered);
        Collections.reverse(mixed);
        mixed.sort(VersionOrder.NATURAL);
        assertEquals(ordered, mixed);
    }
}
