package dev.understudy.ffm.cuda;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// A function for the device, of a [CudaModule], which owns it. Thread-safe: immutable.
public final class CudaKernel {
    private final CudaTable table;
    private final Owned module;
    private final MemorySegment handle;

    CudaKernel(CudaTable table, Owned module, MemorySegment handle) {
        this.table = table;
        this.module = module;
        this.handle = handle;
    }

    /// The `CUfunction`, which ends with its module.
    private MemorySegment pointer() {
        if (!module.isOpen()) {
            throw new IllegalStateException("its module is closed");
        }
        return handle;
    }

    /// Has the stream run it, and does not wait for that.
    ///
    /// @param sharedBytes dynamic shared memory of each block
    /// @param arguments   one for each parameter of the kernel, of at most 8 bytes, which lie in the word's lower ones: a
    ///                    device pointer, a `long`, an `int`, or a `float` by [Float#floatToRawIntBits]. As many as it has
    ///                    parameters: the driver reads so many, and is not told how many there are
    public void launch(CudaStream stream, Dim3 grid, Dim3 block, int sharedBytes, long... arguments)
            throws CudaFailure {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment words = arena.allocateFrom(JAVA_LONG, arguments);
            MemorySegment parameters = arena.allocate(ADDRESS, arguments.length);
            for (int i = 0; i < arguments.length; i++) {
                parameters.setAtIndex(ADDRESS, i, words.asSlice(i * JAVA_LONG.byteSize()));
            }
            table.launch(pointer(), grid, block, sharedBytes, stream.pointer(), parameters);
        }
    }
}
