package dev.understudy.ffm.cuda;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.understudy.ffm.Answer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// This process's part in a device's primary context. Thread-safe, but for [#close], which comes last: after everything made
/// here is closed.
///
/// A thread has a current context. The methods of this class, and the closing of what they made, make this one current on
/// the thread that calls them; who only uses a stream, an event or a kernel has called [#makeCurrent] on that thread before.
public final class CudaContext implements AutoCloseable {
    /// `CU_STREAM_NON_BLOCKING`: it does not wait for the legacy default stream, nor that for it.
    static final int NON_BLOCKING = 1;
    /// `CU_MEMHOSTALLOC_PORTABLE` and `CU_MEMHOSTALLOC_DEVICEMAP`.
    private static final int PORTABLE_AND_MAPPED = 1 | 2;
    /// `CUDA_ERROR_DEINITIALIZED`: the process ends, and the driver has freed everything itself.
    private static final int DEINITIALIZED = 4;

    final CudaTable table;
    private final CudaDriver driver;
    private final CudaDevice device;
    /// The `CUdevice`.
    private final int deviceHandle;
    /// The `CUcontext`.
    private final MemorySegment handle;
    private final AtomicBoolean closed = new AtomicBoolean();
    /// The sticky failure that closing something met first.
    private final AtomicReference<@Nullable CudaFailure> lost = new AtomicReference<>();

    CudaContext(CudaDriver driver, CudaDevice device, int deviceHandle, MemorySegment handle) {
        this.driver = driver;
        this.table = driver.table;
        this.device = device;
        this.deviceHandle = deviceHandle;
        this.handle = handle;
    }

    /// The device whose it is.
    public CudaDevice device() {
        return device;
    }

    /// The driver it is in.
    public CudaDriver driver() {
        return driver;
    }

    int deviceHandle() {
        return deviceHandle;
    }

    /// Makes it the calling thread's current context. Cheap where it is already.
    public void makeCurrent() throws CudaFailure {
        if (closed.get()) {
            throw new IllegalStateException("the context of device " + device.ordinal() + " is closed");
        }
        table.call(CudaFunction.CTX_SET_CURRENT, handle);
    }

    /// What priorities its streams may have.
    public StreamPriorities priorities() throws CudaFailure {
        makeCurrent();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment least = arena.allocate(JAVA_INT);
            MemorySegment greatest = arena.allocate(JAVA_INT);
            table.call(CudaFunction.CTX_GET_STREAM_PRIORITY_RANGE, least, greatest);
            return new StreamPriorities(least.get(JAVA_INT, 0), greatest.get(JAVA_INT, 0));
        }
    }

    /// What memory the device has now.
    public CudaMemory memory() throws CudaFailure {
        makeCurrent();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment free = arena.allocate(JAVA_LONG);
            MemorySegment total = arena.allocate(JAVA_LONG);
            table.call(CudaFunction.MEM_GET_INFO, free, total);
            return new CudaMemory(free.get(JAVA_LONG, 0), total.get(JAVA_LONG, 0));
        }
    }

    /// Makes a stream that does not wait for the legacy default stream. To be closed after what runs on it.
    ///
    /// @param priority one of [#priorities]; the driver takes the nearest for another, which [CudaStream#priority] shows
    public CudaStream createStream(int priority) throws CudaFailure {
        makeCurrent();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ADDRESS);
            table.call(CudaFunction.STREAM_CREATE_WITH_PRIORITY, out, NON_BLOCKING, priority);
            return CudaStream.of(this, out.get(ADDRESS, 0));
        }
    }

    /// Makes an event that takes the time. To be closed.
    public CudaEvent createEvent() throws CudaFailure {
        makeCurrent();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ADDRESS);
            table.call(CudaFunction.EVENT_CREATE, out, 0);
            return new CudaEvent(table, new Owned(this, out.get(ADDRESS, 0), CudaFunction.EVENT_DESTROY));
        }
    }

    /// Allocates page-locked memory of the host, which the device sees too, in every context. What is in it is not said. To
    /// be closed after the work that uses it.
    ///
    /// @param bytes at least 1
    public PinnedMemory allocatePinned(long bytes) throws CudaFailure {
        if (bytes < 1) {
            throw new IllegalArgumentException("bytes=" + bytes + ": must be at least 1");
        }
        makeCurrent();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ADDRESS);
            table.call(CudaFunction.MEM_HOST_ALLOC, out, bytes, PORTABLE_AND_MAPPED);
            return PinnedMemory.of(this, out.get(ADDRESS, 0), bytes);
        }
    }

    /// Loads GPU code, which synchronises the device where it allocates. To be closed after the work that uses it.
    ///
    /// @param image PTX text, a cubin or a fat binary
    public CudaModule loadModule(byte[] image) throws CudaFailure {
        makeCurrent();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment code = arena.allocate(image.length + 1L, Long.BYTES);
            MemorySegment.copy(MemorySegment.ofArray(image), 0, code, 0, image.length);
            MemorySegment out = arena.allocate(ADDRESS);
            table.call(CudaFunction.MODULE_LOAD_DATA, out, code);
            return new CudaModule(table, new Owned(this, out.get(ADDRESS, 0), CudaFunction.MODULE_UNLOAD));
        }
    }

    /// Loads PTX, which the driver compiles for its device.
    public CudaModule loadModule(String ptx) throws CudaFailure {
        return loadModule(ptx.getBytes(StandardCharsets.US_ASCII));
    }

    /// Takes multiprocessors apart for challengers, so that their kernels never hold the others. To be closed after its
    /// streams. Refused with a reason where the driver has no green contexts or the device cannot be divided so.
    ///
    /// @param challengerMultiprocessors how many at least; what is granted may be more
    public Answer<GreenPartition> partition(int challengerMultiprocessors) {
        return GreenPartition.split(this, challengerMultiprocessors);
    }

    /// Why the context is lost, if it is: what closing something met, or what the driver says now.
    ///
    /// It is asked by `cuStreamQuery` of the legacy default stream, on which nobody here works: it does not wait, and like
    /// every call it reports what earlier work broke, once the driver has seen that. So a fault may show a little later than it
    /// happened; whoever has synchronised with the work has seen it before. It must not be asked while a stream's work is
    /// captured into a CUDA graph, which it would break off. A failure that is not sticky is given too: then the driver does
    /// not answer for the context.
    public Optional<CudaFailure> fault() {
        CudaFailure met = lost.get();
        if (met != null) {
            return Optional.of(met);
        }
        try {
            makeCurrent();
            table.ask(CudaFunction.STREAM_QUERY, MemorySegment.NULL);
            return Optional.empty();
        } catch (CudaFailure failure) {
            return Optional.of(failure);
        }
    }

    /// Destroys what was made here. A lost context refuses that as it refuses everything, and nothing is to be done about
    /// it: [#fault] tells of it.
    ///
    /// @throws IllegalStateException where the driver refuses it for another reason: it is not ours to destroy
    void destroy(CudaFunction function, MemorySegment thing) {
        try {
            makeCurrent();
            table.call(function, thing);
        } catch (CudaFailure failure) {
            note(failure);
        }
    }

    private void note(CudaFailure failure) {
        if (failure.sticky()) {
            lost.compareAndSet(null, failure);
        } else if (failure.code() != DEINITIALIZED) {
            throw new IllegalStateException(failure.getMessage(), failure);
        }
    }

    /// Ends this process's part in it. The context itself ends with the last part; ONNX Runtime has its own.
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        try {
            table.call(CudaFunction.DEVICE_PRIMARY_CTX_RELEASE, deviceHandle);
        } catch (CudaFailure failure) {
            note(failure);
        }
    }
}
