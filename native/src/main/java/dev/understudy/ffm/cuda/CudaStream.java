package dev.understudy.ffm.cuda;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// A queue of work for the device, which is done in order. Owned by the lane that made it; its methods may be called by any
/// thread on which its context is current, but not beside [#close].
///
/// Every method reports also what earlier work on the device has broken.
public final class CudaStream implements AutoCloseable {
    private final CudaTable table;
    private final Owned owned;
    private final int priority;

    private CudaStream(CudaTable table, Owned owned, int priority) {
        this.table = table;
        this.owned = owned;
        this.priority = priority;
    }

    /// The stream that the driver has just made, which is destroyed if it does not tell its priority.
    static CudaStream of(CudaContext context, MemorySegment handle) throws CudaFailure {
        Owned owned = new Owned(context, handle, CudaFunction.STREAM_DESTROY);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(JAVA_INT);
            context.table.call(CudaFunction.STREAM_GET_PRIORITY, handle, out);
            return new CudaStream(context.table, owned, out.get(JAVA_INT, 0));
        } catch (CudaFailure failure) {
            owned.close();
            throw failure;
        }
    }

    /// The `CUstream`, which is also a `cudaStream_t`.
    public long handle() {
        return owned.handle().address();
    }

    MemorySegment pointer() {
        return owned.handle();
    }

    /// The priority it has, as the driver said when it was made; a smaller number is greater.
    public int priority() {
        return priority;
    }

    /// Waits until all its work is done.
    public void synchronize() throws CudaFailure {
        table.call(CudaFunction.STREAM_SYNCHRONIZE, owned.handle());
    }

    /// Whether all its work is done.
    public boolean idle() throws CudaFailure {
        return table.ask(CudaFunction.STREAM_QUERY, owned.handle());
    }

    /// Has the event happen when the work before is done.
    public void record(CudaEvent event) throws CudaFailure {
        table.call(CudaFunction.EVENT_RECORD, event.pointer(), owned.handle());
    }

    /// Has the work that comes after wait until the first `int` of the gate is at least `value`: until their difference, as
    /// a signed number, is not negative. The gate stays open until then, and must hold something less before this is called.
    /// Opened by the host with a release store.
    public void awaitValue(PinnedMemory gate, int value) throws CudaFailure {
        if (gate.segment().byteSize() < Integer.BYTES) {
            throw new IllegalArgumentException("a gate of " + gate.segment().byteSize() + " bytes: needs 4");
        }
        table.call(CudaFunction.STREAM_WAIT_VALUE_32, owned.handle(), MemorySegment.ofAddress(gate.devicePointer()),
                value, 0);
    }

    /// Destroys it. Work on it is still done to its end, for which this does not wait.
    @Override
    public void close() {
        owned.close();
    }
}
