package dev.understudy.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class StartedPartsTest {
    @Test
    void everyPartIsClosedInTheReverseOrderAlsoWhenSomeFailTo() {
        List<String> closed = new ArrayList<>();
        StartedParts parts = new StartedParts();
        for (String name : List.of("engine", "management", "http")) {
            parts.add(() -> {
                closed.add(name);
                if (!name.equals("engine")) {
                    throw new IllegalStateException(name);
                }
            });
        }
        var failure = assertThrows(IllegalStateException.class, parts::close);
        assertEquals("http", failure.getMessage());
        assertEquals("management", failure.getSuppressed()[0].getMessage());
        assertEquals(List.of("http", "management", "engine"), closed);
        parts.close();
        assertEquals(3, closed.size());
    }
}
