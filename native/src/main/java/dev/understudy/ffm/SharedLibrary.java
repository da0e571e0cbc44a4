package dev.understudy.ffm;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/// Asks the system's loader whether it finds a shared library. Thread-safe: stateless.
public final class SharedLibrary {
    private static final Path MAPS = Path.of("/proc/self/maps");

    private SharedLibrary() {}

    /// Loads a library, with all that it needs, by the loader's own search and lets go of it again. Its code for being loaded
    /// runs in this process.
    ///
    /// @param name without a folder: `libcudart.so.13`
    /// @return the file, or the bare name where the system does not tell; empty where the loader does not find it or one that it
    ///         needs
    @SuppressWarnings("restricted")
    public static Optional<Path> find(String name) {
        try (Arena arena = Arena.ofConfined()) {
            SymbolLookup unused = SymbolLookup.libraryLookup(name, arena);
            return Optional.of(mapped(name).orElse(Path.of(name)));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /// Which file of this name, or of this name and a longer version, is mapped into the process.
    private static Optional<Path> mapped(String name) {
        try (Stream<String> lines = Files.lines(MAPS, StandardCharsets.ISO_8859_1)) {
            return lines.filter(line -> line.indexOf('/') >= 0).map(line -> Path.of(line.substring(line.indexOf('/'))))
                    .filter(path -> path.getFileName().toString().equals(name)
                            || path.getFileName().toString().startsWith(name + "."))
                    .findFirst();
        } catch (IOException | RuntimeException e) {
            return Optional.empty();
        }
    }
}
