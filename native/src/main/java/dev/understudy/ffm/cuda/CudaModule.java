package dev.understudy.ffm.cuda;

import static java.lang.foreign.ValueLayout.ADDRESS;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Loaded GPU code. Owned by whoever loaded it; thread-safe, but for [#close], which comes after the last launch is done.
public final class CudaModule implements AutoCloseable {
    private final CudaTable table;
    private final Owned owned;

    CudaModule(CudaTable table, Owned owned) {
        this.table = table;
        this.owned = owned;
    }

    /// One of its kernels, to be used until the module is closed.
    ///
    /// @param name as in the PTX: mangled, unless it was `extern "C"`
    /// @throws CudaFailure CUDA_ERROR_NOT_FOUND where it has none of this name
    public CudaKernel function(String name) throws CudaFailure {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ADDRESS);
            table.call(CudaFunction.MODULE_GET_FUNCTION, out, owned.handle(), arena.allocateFrom(name));
            return new CudaKernel(table, owned, out.get(ADDRESS, 0));
        }
    }

    @Override
    public void close() {
        owned.close();
    }
}
