package dev.understudy.ffm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class SharedLibraryTest {
    @Test
    void aLibraryThatTheLoaderFindsIsNamedByItsFile() {
        assumeTrue(Files.exists(Path.of("/proc/self/maps")), "needs Linux");
        Optional<Path> library = SharedLibrary.find("libm.so.6");
        assumeTrue(library.isPresent(), "needs glibc");
        assertTrue(library.get().isAbsolute() && Files.exists(library.get()), library::toString);
        assertTrue(library.get().getFileName().toString().startsWith("libm"), library::toString);
    }

    @Test
    void oneThatItDoesNotFindIsAbsent() {
        assertEquals(Optional.empty(), SharedLibrary.find("libunderstudy-is-not-there.so.1"));
    }
}
