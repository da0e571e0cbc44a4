package dev.understudy.ffm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SharedLibraryTest {
    private static final Path MAPS = Path.of("/proc/self/maps");

    /// The second is a link on most systems, to a file with a longer version.
    @ParameterizedTest
    @ValueSource(strings = {"libm.so.6", "libz.so.1"})
    void aLibraryThatTheLoaderFindsIsNamedByItsFile(String name) throws Exception {
        assumeTrue(Files.exists(MAPS), "needs Linux");
        Optional<Path> library = SharedLibrary.find(name);
        assumeTrue(library.isPresent(), "the system has no " + name);
        Path file = library.get();
        assertTrue(file.isAbsolute(), file::toString);
        assertTrue(Files.isSameFile(file.resolveSibling(name), file), file::toString);
    }

    @Test
    void whatWasFoundIsLetGoOfAgain() throws Exception {
        String rare = "libBrokenLocale.so.1";
        assumeTrue(Files.exists(MAPS) && !mapped(rare), "needs Linux and nobody who uses " + rare);
        Optional<Path> library = SharedLibrary.find(rare);
        assumeTrue(library.isPresent(), "needs glibc");
        assertTrue(library.get().isAbsolute(), "it was loaded, for its file is known: " + library);
        assertTrue(!mapped(rare), "it is still loaded");
    }

    private static boolean mapped(String name) throws IOException {
        try (Stream<String> lines = Files.lines(MAPS, StandardCharsets.ISO_8859_1)) {
            return lines.anyMatch(line -> line.contains("/" + name));
        }
    }

    @Test
    void oneThatItDoesNotFindIsAbsent() {
        assertEquals(Optional.empty(), SharedLibrary.find("libunderstudy-is-not-there.so.1"));
    }

    @Test
    void oneThatLacksALibraryItNeedsIsAbsentThoughItsFileIsThere(@TempDir Path folder) throws Exception {
        Path source = Files.writeString(folder.resolve("one.c"),
                "int needed(void); int one(void) { return needed(); }");
        Path needed = Files.writeString(folder.resolve("needed.c"), "int needed(void); int needed(void) { return 1; }");
        Path needs = folder.resolve("libone.so");
        Gcc.compile(folder.resolve("libneeded.so"), needed);
        Gcc.compile(needs, source, "-Wl,--no-as-needed,-rpath," + folder, "-L" + folder, "-lneeded");
        assertTrue(SharedLibrary.find(needs.toString()).isPresent(), "with all that it needs it is found");
        Files.delete(folder.resolve("libneeded.so"));
        assertTrue(Files.exists(needs));
        assertEquals(Optional.empty(), SharedLibrary.find(needs.toString()));
    }
}
