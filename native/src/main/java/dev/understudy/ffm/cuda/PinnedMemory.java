package dev.understudy.ffm.cuda;

import static java.lang.foreign.ValueLayout.ADDRESS;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Page-locked memory of the host, which the device reads and writes without a copy in between. Owned by whoever allocated
/// it; its bytes may be used by any thread until it is closed.
@SuppressWarnings("restricted")
public final class PinnedMemory implements AutoCloseable {
    private final Owned owned;
    /// Ends the segment, so that a late use is an exception and not a crash.
    private final Arena arena = Arena.ofShared();
    private final MemorySegment segment;
    private final long devicePointer;

    private PinnedMemory(Owned owned, long bytes, long devicePointer) {
        this.owned = owned;
        this.segment = owned.handle().reinterpret(bytes, arena, null);
        this.devicePointer = devicePointer;
    }

    /// The memory that the driver has just allocated, which is freed if the device does not see it.
    static PinnedMemory of(CudaContext context, MemorySegment address, long bytes) throws CudaFailure {
        Owned owned = new Owned(context, address, CudaFunction.MEM_FREE_HOST);
        try (Arena out = Arena.ofConfined()) {
            MemorySegment pointer = out.allocate(ADDRESS);
            context.table.call(CudaFunction.MEM_HOST_GET_DEVICE_POINTER, pointer, address, 0);
            return new PinnedMemory(owned, bytes, pointer.get(ADDRESS, 0).address());
        } catch (CudaFailure failure) {
            owned.close();
            throw failure;
        }
    }

    /// Its bytes, until it is closed; using them later throws, also by a buffer made of them.
    public MemorySegment segment() {
        return segment;
    }

    /// Where the device sees it: the `CUdeviceptr`.
    public long devicePointer() {
        return devicePointer;
    }

    /// Frees it, which may wait for the device to be idle.
    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
        owned.close();
    }
}
