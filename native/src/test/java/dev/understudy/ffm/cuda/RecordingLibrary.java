package dev.understudy.ffm.cuda;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.understudy.ffm.Gcc;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// A library of C functions that write down how they were called, compiled by gcc for the test that uses it. Not a GPU. Not
/// thread-safe; owned by its test.
@SuppressWarnings("restricted")
final class RecordingLibrary {
    private static final Linker LINKER = Linker.nativeLinker();
    /// Where CUDA's toolkit puts its headers, against which the recording driver is checked where they are.
    private static final Path CUDA_HEADERS = Path.of("/usr/local/cuda/include");

    private final Path file;
    private final SymbolLookup library;

    private RecordingLibrary(Path file) {
        this.file = file;
        this.library = SymbolLookup.libraryLookup(file, Arena.global());
    }

    /// Compiles one of the sources beside this class; without gcc the test is skipped.
    ///
    /// @param options gcc's: `-DWITHOUT_GREEN_CONTEXTS`
    static RecordingLibrary compile(Path folder, String source, String... options)
            throws IOException, InterruptedException {
        Path code = folder.resolve(source);
        try (InputStream in = RecordingLibrary.class.getResourceAsStream(source)) {
            Files.write(code, Objects.requireNonNull(in, source).readAllBytes());
        }
        Path file = Files.createTempFile(folder, "recording", ".so");
        List<String> all = new ArrayList<>(List.of(options));
        if (Files.isDirectory(CUDA_HEADERS)) {
            all.add("-I" + CUDA_HEADERS);
        }
        Gcc.compile(file, code, all.toArray(String[]::new));
        return new RecordingLibrary(file);
    }

    Path file() {
        return file;
    }

    /// As if just loaded.
    void reset() {
        tell("recording_reset");
    }

    /// What was called since it was reset: a line each, the function's name and its arguments.
    List<String> calls() {
        try {
            MemorySegment text = (MemorySegment) LINKER
                    .downcallHandle(library.findOrThrow("recording_calls"), FunctionDescriptor.of(ADDRESS))
                    .invokeExact();
            String calls = text.reinterpret(Long.MAX_VALUE).getString(0);
            return calls.isEmpty() ? List.of() : List.of(calls.split("\n", -1));
        } catch (Throwable e) {
            throw CudaTable.unexpected(e);
        }
    }

    /// Has a function answer with this result from now on.
    void order(String function, int result) {
        try (Arena arena = Arena.ofConfined()) {
            LINKER.downcallHandle(library.findOrThrow("recording_order"), FunctionDescriptor.ofVoid(ADDRESS, JAVA_INT))
                    .invokeExact(arena.allocateFrom(function), result);
        } catch (Throwable e) {
            throw CudaTable.unexpected(e);
        }
    }

    /// Calls one of its own functions that take nothing.
    void tell(String function) {
        try {
            LINKER.downcallHandle(library.findOrThrow(function), FunctionDescriptor.ofVoid()).invokeExact();
        } catch (Throwable e) {
            throw CudaTable.unexpected(e);
        }
    }

    /// Calls one of its own functions that take a number.
    void tell(String function, int number) {
        try {
            LINKER.downcallHandle(library.findOrThrow(function), FunctionDescriptor.ofVoid(JAVA_INT))
                    .invokeExact(number);
        } catch (Throwable e) {
            throw CudaTable.unexpected(e);
        }
    }

    /// How many things the driver has made that are not destroyed.
    int alive() {
        try {
            return (int) LINKER.downcallHandle(library.findOrThrow("recording_alive"), FunctionDescriptor.of(JAVA_INT))
                    .invokeExact();
        } catch (Throwable e) {
            throw CudaTable.unexpected(e);
        }
    }
}
