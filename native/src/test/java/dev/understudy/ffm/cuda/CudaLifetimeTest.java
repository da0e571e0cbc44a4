package dev.understudy.ffm.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.understudy.ffm.Answer;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// How long what the driver makes lives, with a recording driver: not a GPU.
class CudaLifetimeTest extends RecordingStage {
    private static final long SEED = 20_261_126;

    private CudaContext context;

    @BeforeEach
    void retain() throws Exception {
        context = context();
    }

    @AfterEach
    void release() {
        context.close();
        assertEquals(0, cuda.alive());
    }

    /// Opened and closed in any order, also twice, just what is open is alive.
    @Test
    void whateverIsMadeIsDestroyedOnce() throws Exception {
        SplittableRandom random = new SplittableRandom(SEED);
        List<AutoCloseable> open = new ArrayList<>();
        List<AutoCloseable> closed = new ArrayList<>();
        for (int step = 0; step < 150; step++) {
            if (random.nextBoolean() || open.isEmpty()) {
                open.add(made(random.nextInt(5)));
            } else {
                AutoCloseable one = open.remove(random.nextInt(open.size()));
                one.close();
                closed.add(one);
            }
            if (!closed.isEmpty()) {
                closed.get(random.nextInt(closed.size())).close();
            }
            assertEquals(1 + open.size(), cuda.alive(), "seed " + SEED + ", step " + step);
        }
        for (AutoCloseable one : open) {
            one.close();
        }
        assertEquals(1, cuda.alive());
    }

    private AutoCloseable made(int kind) throws CudaFailure {
        return switch (kind) {
            case 0 -> context.createStream(0);
            case 1 -> context.createEvent();
            case 2 -> context.allocatePinned(64);
            case 3 -> context.loadModule("");
            default -> ((Answer.Granted<GreenPartition>) context.partition(8)).value();
        };
    }

    @Test
    void whatIsClosedReachesTheDriverNoMore() throws Exception {
        CudaStream stream = context.createStream(0);
        CudaEvent event = context.createEvent();
        CudaModule module = context.loadModule("");
        CudaKernel kernel = module.function("scale");
        GreenPartition partition = ((Answer.Granted<GreenPartition>) context.partition(8)).value();
        try (CudaStream other = context.createStream(0); CudaEvent another = context.createEvent()) {
            for (AutoCloseable one : List.of(stream, event, module, partition)) {
                one.close();
            }
            int calls = cuda.calls().size();
            assertThrows(IllegalStateException.class, stream::synchronize);
            assertThrows(IllegalStateException.class, stream::idle);
            assertThrows(IllegalStateException.class, stream::handle);
            assertThrows(IllegalStateException.class, () -> stream.record(another));
            assertThrows(IllegalStateException.class, () -> other.record(event));
            assertThrows(IllegalStateException.class, event::done);
            assertThrows(IllegalStateException.class, event::synchronize);
            assertThrows(IllegalStateException.class, () -> another.millisSince(event));
            assertThrows(IllegalStateException.class, () -> module.function("scale"));
            assertThrows(IllegalStateException.class, () -> kernel.launch(other, Dim3.of(1), Dim3.of(1), 0));
            assertEquals(calls, cuda.calls().size());
            assertThrows(IllegalStateException.class, () -> partition.createChallengerStream(0));
            assertEquals("cuCtxSetCurrent 0x100", cuda.calls().getLast());
        }
    }

    @Test
    void pinnedMemoryEndsWithItsOwner() throws Exception {
        PinnedMemory memory = context.allocatePinned(64);
        MemorySegment segment = memory.segment();
        ByteBuffer buffer = segment.asByteBuffer();
        segment.set(ValueLayout.JAVA_BYTE, 63, (byte) 1);
        assertThrows(IndexOutOfBoundsException.class, () -> segment.set(ValueLayout.JAVA_BYTE, 64, (byte) 1));
        memory.close();
        memory.close();
        assertThrows(IllegalStateException.class, () -> segment.get(ValueLayout.JAVA_BYTE, 0));
        assertThrows(IllegalStateException.class, () -> buffer.get(0));
        assertEquals(1, cuda.calls().stream().filter(call -> call.startsWith("cuMemFreeHost")).count());
    }

    @Test
    void aClosedContextMakesNothingMore() throws Exception {
        context.close();
        context.close();
        int calls = cuda.calls().size();
        assertThrows(IllegalStateException.class, context::makeCurrent);
        assertThrows(IllegalStateException.class, context::createEvent);
        assertThrows(IllegalStateException.class, context::fault);
        assertThrows(IllegalStateException.class, () -> context.partition(8));
        assertEquals(calls, cuda.calls().size());
    }

    @Test
    void whatMakesNoSenseIsRefusedBeforeTheDriverSeesIt() throws Exception {
        try (CudaStream stream = context.createStream(0); PinnedMemory small = context.allocatePinned(3)) {
            int calls = cuda.calls().size();
            assertThrows(IllegalArgumentException.class, () -> context.allocatePinned(0));
            assertThrows(IllegalArgumentException.class, () -> stream.awaitValue(small, 1));
            assertThrows(IllegalArgumentException.class, () -> new Dim3(1, 0, 1));
            assertEquals(calls, cuda.calls().size());
        }
    }
}
