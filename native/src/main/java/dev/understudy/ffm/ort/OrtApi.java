package dev.understudy.ffm.ort;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;

/// The loaded ONNX Runtime: its functions and what there is one of in a process. Thread-safe: immutable, lives as long as
/// the process.
public final class OrtApi {
    private static final int SEVERITY_FATAL = 4;
    private static final int ARENA_ALLOCATOR = 1;
    private static final int MEMORY_DEFAULT = 0;

    final OrtTable table;
    final MemorySegment environment;
    final MemorySegment allocator;
    final MemorySegment cpuMemory;

    private OrtApi(OrtTable table) throws OrtFailure {
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
        return new OrtApi(table(base));
    }

    /// `OrtGetApiBase` gives two functions: the first takes a version and gives the table, the second gives the release.
    @SuppressWarnings("restricted")
    private static OrtTable table(MemorySegment getApiBase) {
        Linker linker = Linker.nativeLinker();
        MethodHandle pointer = linker.downcallHandle(FunctionDescriptor.of(ADDRESS));
        MethodHandle pointerOfInt = linker.downcallHandle(FunctionDescriptor.of(ADDRESS, JAVA_INT));
        try {
            MemorySegment base = ((MemorySegment) pointer.invokeExact(getApiBase)).reinterpret(2 * ADDRESS.byteSize());
            MemorySegment table = (MemorySegment) pointerOfInt.invokeExact(base.getAtIndex(ADDRESS, 0),
                    OrtFunction.API_VERSION);
            if (table.address() == 0) {
                MemorySegment release = (MemorySegment) pointer.invokeExact(base.getAtIndex(ADDRESS, 1));
                throw new IllegalStateException("ONNX Runtime " + release.reinterpret(Long.MAX_VALUE).getString(0)
                        + " is too old: version " + OrtFunction.API_VERSION + " of its C API is needed, that of 1."
                        + OrtFunction.API_VERSION);
            }
            return new OrtTable(table);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
