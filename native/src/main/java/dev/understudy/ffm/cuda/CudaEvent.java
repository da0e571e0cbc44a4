package dev.understudy.ffm.cuda;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// A point in a stream's work, with its time on the device. Owned by whoever made it; its methods may be called by any thread
/// on which its context is current, but not beside [#close].
public final class CudaEvent implements AutoCloseable {
    private final CudaTable table;
    private final Owned owned;

    CudaEvent(CudaTable table, Owned owned) {
        this.table = table;
        this.owned = owned;
    }

    MemorySegment pointer() {
        return owned.handle();
    }

    /// Waits until the work before it is done. One that was never recorded counts as done.
    public void synchronize() throws CudaFailure {
        table.call(CudaFunction.EVENT_SYNCHRONIZE, owned.handle());
    }

    /// Whether the work before it is done. One that was never recorded counts as done.
    public boolean done() throws CudaFailure {
        return table.ask(CudaFunction.EVENT_QUERY, owned.handle());
    }

    /// The time on the device since another event, in milliseconds, of a resolution of about half a microsecond.
    ///
    /// @throws CudaFailure CUDA_ERROR_NOT_READY where one is not done, CUDA_ERROR_INVALID_HANDLE where one was never recorded
    public double millisSince(CudaEvent earlier) throws CudaFailure {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(JAVA_FLOAT);
            table.call(CudaFunction.EVENT_ELAPSED_TIME, out, earlier.owned.handle(), owned.handle());
            return out.get(JAVA_FLOAT, 0);
        }
    }

    @Override
    public void close() {
        owned.close();
    }
}
