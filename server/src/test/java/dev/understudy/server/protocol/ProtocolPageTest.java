package dev.understudy.server.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// `docs/protocol.md` names a test for every line, and only tests that exist.
class ProtocolPageTest {
    private static final Path PAGE = Path.of("../docs/protocol.md");
    /// Anything that begins as a line of the checklist does, so that none escapes by how it goes on.
    private static final Pattern ROW = Pattern.compile("\\| ([A-Z]\\d\\d)\\b.*");
    private static final Pattern WHOLE_ROW = Pattern
            .compile("\\| [A-Z]\\d\\d [MSXQ] \\|.*\\| `\\w+Test\\.\\w+`(?:, `\\w+Test\\.\\w+`)* \\|");
    private static final Pattern TEST = Pattern.compile("`(\\w+Test)\\.(\\w+)`");
    private static final List<Path> TESTS = List.of(Path.of("src/test/java"), Path.of("../engine/src/test/java"));

    @Test
    void everyLineStandsOnceAndNamesATest() throws IOException {
        Set<String> lines = new HashSet<>();
        for (String row : Files.readAllLines(PAGE)) {
            Matcher line = ROW.matcher(row);
            if (line.matches()) {
                assertTrue(lines.add(line.group(1)), row);
                assertTrue(WHOLE_ROW.matcher(row).matches(), row);
            }
        }
        // R01-R57, E01-E11, B01-B22, G01-G26, X01-X07, A01-A05
        assertEquals(57 + 11 + 22 + 26 + 7 + 5, lines.size());
    }

    @Test
    void everyTestNamedExists() throws IOException {
        Map<String, List<Path>> files = new HashMap<>();
        for (Path root : TESTS) {
            try (Stream<Path> tree = Files.walk(root)) {
                tree.filter(Files::isRegularFile).forEach(file -> files
                        .computeIfAbsent(file.getFileName().toString(), _ -> new ArrayList<>()).add(file));
            }
        }
        List<String> missing = new ArrayList<>();
        Matcher test = TEST.matcher(Files.readString(PAGE));
        while (test.find()) {
            List<Path> found = files.getOrDefault(test.group(1) + ".java", List.of());
            if (found.size() != 1 || !isTest(Files.readString(found.getFirst()), test.group(2))) {
                missing.add(test.group());
            }
        }
        assertEquals(List.of(), missing);
    }

    /// Whether a method of this name is declared and begins with the annotation of a test.
    private static boolean isTest(String source, String method) {
        return Pattern.compile("(?m)^    @(?:Test|ParameterizedTest|Property)\\b(?:(?!^    }$)[\\s\\S])*?^    void "
                + method + "\\(").matcher(source).find();
    }
}
