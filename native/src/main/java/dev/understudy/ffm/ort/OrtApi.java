package dev.understudy.ffm.ort;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;

/// The loaded ONNX Runtime: its functions and what there is one of in a process. Thread-safe: immutable, lives as long as
/// the process.
public final class OrtApi {
    private static final int SEVERITY_FATAL = 4;
    private static final int ARENA_ALLOCATOR = 1;
    private static final int MEMORY_DEFAULT = 0;

    private final String release;
    final OrtTable table;
    final MemorySegment environment;
    final MemorySegment allocator;
    final MemorySegment cpuMemory;

    private OrtApi(String release, OrtTable table) throws OrtFailure {
        this.release = release;
        this.table = table;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ADDRESS);
            // One environment a process: where another user of the library has made it, this is the same one.
            table.call(OrtFunction.CREATE_ENV, SEVERITY_FATAL, arena.allocateFrom("understudy"), out);
            environment = out.get(ADDRESS, 0);
            table.call(OrtFunction.GET_ALLOCATOR_WITH_DEFAULT_OPTIONS, out);
            allocator = out.get(ADDRESS, 0);
            table.call(OrtFunction.CREATE_CPU_MEMORY_INFO, ARENA_ALLOCATOR, MEMORY_DEFAULT, out);
            cpuMemory = out.get(ADDRESS, 0);
        }
    }

    /// The API of the library that a class of this class's loader has loaded.
    ///
    /// @throws IllegalStateException when none has, or when it is too old
    /// @throws OrtFailure            when it cannot make its environment
    public static OrtApi ofLoadedLibrary() throws OrtFailure {
        MemorySegment base = SymbolLookup.loaderLookup().find("OrtGetApiBase")
                .orElseThrow(() -> new IllegalStateException("ONNX Runtime's native library is not loaded"));
        return of(base);
    }

    /// `OrtGetApiBase` gives two functions: the first takes a version and gives the table, the second gives the release.
    @SuppressWarnings("restricted")
    private static OrtApi of(MemorySegment getApiBase) throws OrtFailure {
        Linker linker = Linker.nativeLinker();
        MethodHandle pointer = linker.downcallHandle(FunctionDescriptor.of(ADDRESS));
        MethodHandle pointerOfInt = linker.downcallHandle(FunctionDescriptor.of(ADDRESS, JAVA_INT));
        MemorySegment table;
        String release;
        try {
            MemorySegment base = ((MemorySegment) pointer.invokeExact(getApiBase)).reinterpret(2 * ADDRESS.byteSize());
            table = (MemorySegment) pointerOfInt.invokeExact(base.getAtIndex(ADDRESS, 0), OrtFunction.API_VERSION);
            release = ((MemorySegment) pointer.invokeExact(base.getAtIndex(ADDRESS, 1))).reinterpret(Long.MAX_VALUE)
                    .getString(0);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
        if (table.address() == 0) {
            throw new IllegalStateException("ONNX Runtime " + release + " is too old: version "
                    + OrtFunction.API_VERSION + " of its C API is needed, that of 1." + OrtFunction.API_VERSION);
        }
        return new OrtApi(release, new OrtTable(table));
    }

    /// The library's own version: `1.28.0`.
    public String release() {
        return release;
    }

    /// The execution providers that it is built with, the preferred first: `CPUExecutionProvider`. What they need besides,
    /// such as a GPU, need not be there.
    @SuppressWarnings("restricted")
    public List<String> providers() throws OrtFailure {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment names = arena.allocate(ADDRESS);
            MemorySegment count = arena.allocate(JAVA_INT);
            table.call(OrtFunction.GET_AVAILABLE_PROVIDERS, names, count);
            int length = count.get(JAVA_INT, 0);
            MemorySegment array = names.get(ADDRESS, 0);
            MemorySegment pointers = array.reinterpret(length * ADDRESS.byteSize());
            List<String> providers = new ArrayList<>();
            for (int i = 0; i < length; i++) {
                providers.add(pointers.getAtIndex(ADDRESS, i).reinterpret(Long.MAX_VALUE).getString(0));
            }
            table.call(OrtFunction.RELEASE_AVAILABLE_PROVIDERS, array, length);
            return List.copyOf(providers);
        }
    }
}
