package dev.understudy.server.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// `docs/protocol.md` names only tests that exist.
class ProtocolPageTest {
    private static final Pattern ROW = Pattern.compile("\\| ([A-Z]\\d\\d) [MSXQ] \\|.*\\| (?:`(\\w+)\\.(\\w+)` )?\\|");
    private static final List<Path> TESTS = List.of(Path.of("src/test/java"), Path.of("../engine/src/test/java"));

    @Test
    void everyLineStandsOnceAndItsTestExists() throws IOException {
        Set<String> lines = new HashSet<>();
        List<String> missing = new ArrayList<>();
        for (String row : Files.readAllLines(Path.of("../docs/protocol.md"))) {
            Matcher matcher = ROW.matcher(row);
            if (!matcher.matches()) {
                continue;
            }
            assertTrue(lines.add(matcher.group(1)), row);
            if (matcher.group(2) != null && !exists(matcher.group(2), "void " + matcher.group(3) + "(")) {
                missing.add(matcher.group(1));
            }
        }
        assertEquals(List.of(), missing);
        // R01-R57, E01-E11, B01-B22, G01-G26, X01-X07, A01-A05
        assertEquals(57 + 11 + 22 + 26 + 7 + 5, lines.size());
    }

    private static boolean exists(String testClass, String method) throws IOException {
        for (Path root : TESTS) {
            try (var files = Files.find(root, 20, (path, _) -> path.endsWith(testClass + ".java"))) {
                Path file = files.findFirst().orElse(null);
                if (file != null && Files.readString(file).contains(method)) {
                    return true;
                }
            }
        }
        return false;
    }
}
