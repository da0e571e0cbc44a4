package dev.understudy.runtime;

import dev.understudy.ffm.cuda.CudaContext;
import dev.understudy.ffm.cuda.CudaEvent;
import dev.understudy.ffm.cuda.CudaFailure;
import dev.understudy.ffm.cuda.CudaStream;
import dev.understudy.ffm.cuda.PinnedMemory;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// A CUDA stream that is one session's alone, and the clock that times the session's runs on it. Not thread-safe; owned by
/// the session's thread, on which the context is current.
final class StreamPlace implements AutoCloseable {
    /// A run that does not wait for its stream is over by then, having been run before.
    private static final Duration GATE_MIN = Duration.ofMillis(20);
    /// Whatever waits for the whole GPU waits for the gate too, the champion's thread among it.
    private static final Duration GATE_MAX = Duration.ofMillis(250);

    private static final VarHandle GATE = ValueLayout.JAVA_INT.varHandle();

    private final CudaContext context;
    private final CudaStream stream;
    private final CudaEvent began;
    private final CudaEvent ended;
    private final StreamTime time;
    private long lastNanos;

    /// Takes the stream over.
    StreamPlace(CudaContext context, CudaStream stream, StreamTime time) throws CudaFailure {
        this.context = context;
        this.stream = stream;
        this.time = time;
        try {
            this.began = context.createEvent();
        } catch (CudaFailure e) {
            stream.close();
            throw e;
        }
        try {
            this.ended = context.createEvent();
        } catch (CudaFailure e) {
            began.close();
            stream.close();
            throw e;
        }
    }

    long handle() {
        return stream.handle();
    }

    RunsOn runsOn() {
        return new RunsOn.Stream(context.device().ordinal(), stream.priority());
    }

    /// A run is about to be enqueued.
    void begin() throws CudaFailure {
        stream.record(began);
    }

    /// A run has been enqueued. Returns when the stream has done it.
    void end() throws CudaFailure {
        stream.record(ended);
        ended.synchronize();
        lastNanos = (long) (ended.millisSince(began) * 1e6);
        time.add(lastNanos);
    }

    /// What the last run took of the GPU, its copies and the gaps between its kernels included.
    long lastNanos() {
        return lastNanos;
    }

    /// Waits until the stream has done what a run that failed had enqueued, as far as it still does anything.
    void settle() {
        try {
            stream.synchronize();
        } catch (CudaFailure e) {
            // What broke is asked for by [DeviceHealth], which the failure of the run is about to do.
        }
    }

    /// Memory that the GPU reads and writes by itself, so that copies do not hold up the thread; where the driver has no more,
    /// ordinary memory.
    HostMemory memory() {
        return bytes -> {
            try {
                return new Pinned(context.allocatePinned(bytes));
            } catch (CudaFailure e) {
                return HostMemory.pageable().allocate(bytes);
            }
        };
    }

    private record Pinned(PinnedMemory memory) implements HostMemory.Block {
        @Override
        public MemorySegment segment() {
            return memory.segment();
        }

        @Override
        public void close() {
            memory.close();
        }
    }

    /// Whether the session's runs really are on this stream. The stream is closed by a gate, and a run that is on it cannot end
    /// before another thread opens the gate. ONNX Runtime does not say where it runs, and has been seen to drop the stream.
    ///
    /// @param run       one run that waits for nothing but itself, and has succeeded before
    /// @param usedNanos how long it took then
    boolean carries(Run run, long usedNanos) throws CudaFailure, RunFailedException {
        try (PinnedMemory gate = context.allocatePinned(Integer.BYTES)) {
            MemorySegment word = gate.segment();
            GATE.setRelease(word, 0L, 0);
            AtomicBoolean open = new AtomicBoolean();
            CountDownLatch closed = new CountDownLatch(1);
            CountDownLatch over = new CountDownLatch(1);
            long holdNanos = Math.clamp(4 * usedNanos, GATE_MIN.toNanos(), GATE_MAX.toNanos());
            Thread keeper = Thread.ofPlatform().daemon().name("understudy-gate").start(() -> {
                await(closed, Long.MAX_VALUE);
                await(over, holdNanos);
                open.set(true);
                GATE.setRelease(word, 0L, 1);
            });
            try {
                stream.awaitValue(gate, 1);
                closed.countDown();
                run.run();
                return open.get();
            } finally {
                closed.countDown();
                over.countDown();
                join(keeper);
                stream.synchronize();
            }
        }
    }

    private static void await(CountDownLatch latch, long nanos) {
        try {
            var unused = latch.await(nanos, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            // Nobody knows this thread; the gate must be opened in any case.
            Thread.currentThread().interrupt();
        }
    }

    private static void join(Thread keeper) {
        boolean interrupted = false;
        while (keeper.isAlive()) {
            try {
                keeper.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /// A run of the session.
    @FunctionalInterface
    interface Run {
        void run() throws RunFailedException;
    }

    /// The session has so much of the GPU's memory; null when that is not known.
    void remember(@Nullable SessionMemory memory) {
        time.remember(memory);
    }

    int device() {
        return context.device().ordinal();
    }

    /// After the session.
    @Override
    public void close() {
        time.remember(null);
        ended.close();
        began.close();
        stream.close();
    }
}
