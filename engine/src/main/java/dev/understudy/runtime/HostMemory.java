package dev.understudy.runtime;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Where the memory comes from that a session reads and writes in place. Whoever allocates a block frees it, on the same
/// thread.
@FunctionalInterface
interface HostMemory {
    /// A block of at least so many bytes, above 0, at a cache line's start, as ONNX Runtime's kernels like it.
    Block allocate(long bytes);

    /// Memory in use.
    interface Block extends AutoCloseable {
        MemorySegment segment();

        @Override
        void close();
    }

    /// Ordinary memory.
    static HostMemory pageable() {
        return bytes -> {
            Arena arena = Arena.ofConfined();
            MemorySegment segment = arena.allocate(bytes, 64);
            return new Block() {
                @Override
                public MemorySegment segment() {
                    return segment;
                }

                @Override
                public void close() {
                    arena.close();
                }
            };
        };
    }
}
