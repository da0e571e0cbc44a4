package dev.understudy.ffm.cuda;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicLong;

/// One thing that the driver made in a context, and the function that undoes it, which is called once. Thread-safe; owned by
/// the class that stands for the thing.
final class Owned implements AutoCloseable {
    private final CudaContext context;
    private final CudaFunction destroy;
    /// Its address; 0 once it is closed.
    private final AtomicLong handle;

    Owned(CudaContext context, MemorySegment handle, CudaFunction destroy) {
        this.context = context;
        this.handle = new AtomicLong(handle.address());
        this.destroy = destroy;
    }

    /// The thing, which is not closed.
    MemorySegment handle() {
        long open = handle.get();
        if (open == 0) {
            throw new IllegalStateException("it is closed: " + destroy.symbol + " was called");
        }
        return MemorySegment.ofAddress(open);
    }

    boolean isOpen() {
        return handle.get() != 0;
    }

    @Override
    public void close() {
        long open = handle.getAndSet(0);
        if (open != 0) {
            context.destroy(destroy, MemorySegment.ofAddress(open));
        }
    }
}
