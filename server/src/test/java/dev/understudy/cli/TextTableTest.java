package dev.understudy.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

final class TextTableTest {
    @Test
    void numbersAlignRightAndTheRestLeft() {
        TextTable table = new TextTable("> ", "name", "count", "share");
        table.add("a", "1,234", "100 %");
        table.add("longer", "7", "-");
        assertEquals(List.of("> name    count  share", "> a       1,234  100 %", "> longer      7      -"),
                table.lines());
    }

    @Test
    void stylesTakeNoRoom() {
        Terminal colour = new Terminal(true, true, true);
        TextTable table = new TextTable("", "state", "next");
        table.add(colour.green("ok"), "x");
        table.add("failed", "y");
        assertEquals(List.of("state   next", colour.green("ok") + "      x", "failed  y"), table.lines());
    }

    @Test
    void aRowHasAsManyCellsAsTheHeading() {
        TextTable table = new TextTable("", "one");
        assertTrue(table.isEmpty());
        assertThrows(IllegalArgumentException.class, () -> table.add("a", "b"));
    }
}
