package dev.understudy.ffm.cuda;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.understudy.ffm.Answer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What a real driver and a real GPU do; skipped where there is none.
@Tag("gpu")
@Timeout(120)
class CudaGpuTest {
    private static final int FLOATS = 1000;
    private static final Dim3 BLOCK = Dim3.of(128);
    private static final Dim3 GRID = Dim3.of((FLOATS + 127) / 128);
    /// Long enough for a grid's blocks to be spread over all multiprocessors before the first ends.
    private static final long CYCLES = 2_000_000;

    private CudaDriver driver;
    private CudaContext context;
    private CudaModule module;

    @BeforeEach
    void thereIsAGpu() throws Exception {
        Answer<CudaDriver> answer = CudaDriver.open();
        assumeTrue(answer instanceof Answer.Granted, answer::toString);
        driver = ((Answer.Granted<CudaDriver>) answer).value();
        assumeTrue(!driver.devices().isEmpty(), "the driver lists no device");
        context = driver.retainPrimary(0);
        module = context.loadModule(kernels());
    }

    @AfterEach
    void release() {
        if (context != null) {
            module.close();
            context.close();
        }
    }

    static String kernels() throws IOException {
        try (InputStream in = CudaGpuTest.class.getResourceAsStream("kernels.ptx")) {
            return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    @Test
    void theDeviceDescribesItself() throws Exception {
        CudaDevice device = context.device();
        assertEquals(driver.devices().getFirst(), device);
        assertTrue(driver.version() >= 12_000);
        assertFalse(device.name().isBlank());
        assertTrue(device.major() >= 7 && device.multiprocessors() > 0, device::toString);
        CudaMemory memory = context.memory();
        assertTrue(0 < memory.freeBytes() && memory.freeBytes() <= memory.totalBytes(), memory::toString);
        assertTrue(memory.totalBytes() <= device.memoryBytes(), memory + " of " + device);
        assertEquals(Optional.empty(), context.fault());
    }

    @Test
    void streamsHaveThePrioritiesTheyAreMadeWithInsideTheRange() throws Exception {
        StreamPriorities range = context.priorities();
        assertEquals(0, range.least());
        assertTrue(range.greatest() < range.least(), range::toString);
        for (int priority = range.greatest() - 1; priority <= range.least() + 1; priority++) {
            try (CudaStream stream = context.createStream(priority)) {
                assertEquals(Math.clamp(priority, range.greatest(), range.least()), stream.priority());
                assertTrue(stream.idle());
            }
        }
    }

    @Test
    void aKernelReadsAndWritesPinnedMemory() throws Exception {
        try (CudaStream stream = context.createStream(0);
                PinnedMemory x = context.allocatePinned(FLOATS * 4L);
                PinnedMemory y = context.allocatePinned(FLOATS * 4L)) {
            for (int i = 0; i < FLOATS; i++) {
                x.segment().setAtIndex(JAVA_FLOAT, i, i);
            }
            scale(stream, y, x, 2.5f);
            stream.synchronize();
            assertTrue(stream.idle());
            for (int i = 0; i < FLOATS; i++) {
                assertEquals(2.5f * i, y.segment().getAtIndex(JAVA_FLOAT, i));
            }
        }
    }

    private void scale(CudaStream stream, PinnedMemory y, PinnedMemory x, float factor) throws CudaFailure {
        module.function("scale").launch(stream, GRID, BLOCK, 0, y.devicePointer(), x.devicePointer(),
                Float.floatToRawIntBits(factor), FLOATS);
    }

    @Test
    void aGateHoldsItsStreamAndNoOther() throws Exception {
        try (CudaStream held = context.createStream(0);
                CudaStream free = context.createStream(context.priorities().greatest());
                CudaEvent before = context.createEvent();
                CudaEvent behind = context.createEvent();
                PinnedMemory gate = context.allocatePinned(64);
                PinnedMemory x = context.allocatePinned(FLOATS * 4L);
                PinnedMemory y = context.allocatePinned(FLOATS * 4L);
                PinnedMemory z = context.allocatePinned(FLOATS * 4L)) {
            x.segment().fill((byte) 0).setAtIndex(JAVA_FLOAT, FLOATS - 1, 3);
            y.segment().fill((byte) 0);
            gate.segment().fill((byte) 0);
            // Loads the kernel, for which the driver may wait for the whole device.
            scale(free, z, x, 1);
            free.synchronize();
            held.record(before);
            held.awaitValue(gate, 1);
            try {
                scale(held, y, x, 2);
                held.record(behind);
                scale(free, z, x, 3);
                free.synchronize();
                assertEquals(9, z.segment().getAtIndex(JAVA_FLOAT, FLOATS - 1));
                assertFalse(held.idle());
                assertFalse(behind.done());
                assertEquals(0, y.segment().getAtIndex(JAVA_FLOAT, FLOATS - 1));
                CudaFailure early = assertThrows(CudaFailure.class, () -> behind.millisSince(before));
                assertEquals("CUDA_ERROR_NOT_READY", early.name());
                assertFalse(early.sticky());
            } finally {
                JAVA_INT.varHandle().setRelease(gate.segment(), 0L, 1);
            }
            held.synchronize();
            assertTrue(behind.done());
            assertEquals(6, y.segment().getAtIndex(JAVA_FLOAT, FLOATS - 1));
        }
    }

    @Test
    void eventsTakeTheTimeOfWhatLiesBetweenThem() throws Exception {
        try (CudaStream stream = context.createStream(0);
                CudaEvent start = context.createEvent();
                CudaEvent end = context.createEvent();
                CudaEvent unused = context.createEvent()) {
            stream.record(start);
            blocksRanOn(stream, 1);
            stream.record(end);
            end.synchronize();
            assertTrue(end.done());
            double millis = end.millisSince(start);
            // No GPU runs at 10 GHz.
            assertTrue(millis > CYCLES / 10e6, millis + " ms");
            assertEquals("CUDA_ERROR_INVALID_HANDLE",
                    assertThrows(CudaFailure.class, () -> end.millisSince(unused)).name());
        }
    }

    @Test
    void aChallengersKernelsStayOnTheMultiprocessorsGrantedAndAChampionsRunOnAll() throws Exception {
        int all = context.device().multiprocessors();
        int asked = Math.max(1, all / 4);
        Answer<GreenPartition> answer = context.partition(asked);
        assumeTrue(answer instanceof Answer.Granted, answer::toString);
        try (GreenPartition partition = ((Answer.Granted<GreenPartition>) answer).value();
                CudaStream challenger = partition.createChallengerStream(0);
                CudaStream champion = context.createStream(context.priorities().greatest())) {
            int granted = partition.challengerMultiprocessors();
            assertTrue(granted >= asked && partition.championMultiprocessors() > 0);
            assertTrue(granted + partition.championMultiprocessors() <= all);
            assertEquals(0, challenger.priority());
            int[] challengers = blocksRanOn(challenger, 4 * all);
            int[] champions = blocksRanOn(champion, 4 * all);
            assertTrue(challengers.length <= granted, challengers.length + " of " + granted);
            assertTrue(champions.length > granted, champions.length + " of " + all);
        }
    }

    /// The multiprocessors that a grid of so many blocks ran on.
    private int[] blocksRanOn(CudaStream stream, int blocks) throws CudaFailure {
        try (PinnedMemory ids = context.allocatePinned(blocks * 4L)) {
            module.function("where").launch(stream, Dim3.of(blocks), Dim3.of(32), 0, ids.devicePointer(), blocks,
                    CYCLES);
            stream.synchronize();
            return Arrays.stream(ids.segment().toArray(JAVA_INT)).sorted().distinct().toArray();
        }
    }

    @Test
    void whatIsNoCodeOrNotInItIsRefusedAndHarmsNothing() throws Exception {
        assertEquals("CUDA_ERROR_NOT_FOUND", assertThrows(CudaFailure.class, () -> module.function("none")).name());
        CudaFailure failure = assertThrows(CudaFailure.class, () -> context.loadModule("this is no PTX"));
        assertTrue(failure.name().startsWith("CUDA_ERROR_"), failure::toString);
        assertFalse(failure.sticky());
        assertEquals(Optional.empty(), context.fault());
    }

    @Test
    void whatDoesNotFitIsRefusedAndHarmsNothing() throws Exception {
        assertThrows(CudaFailure.class, () -> context.allocatePinned(1L << 50));
        assertEquals(Optional.empty(), context.fault());
    }

    @Test
    void aKernelThatWritesWhereNothingIsLosesTheContextForAll() throws Exception {
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        Process child = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED", "-cp", classPath, LosingContext.class.getName())
                .redirectErrorStream(true).start();
        String said = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, child.waitFor(), said);
        assertEquals("""
                before: Optional.empty
                work: CUDA_ERROR_ILLEGAL_ADDRESS true
                another stream: CUDA_ERROR_ILLEGAL_ADDRESS true
                fault: CUDA_ERROR_ILLEGAL_ADDRESS true
                closed
                """, said);
    }

    @Test
    void nvmlReadsTheSameGpu() throws Exception {
        Answer<Nvml> answer = Nvml.open();
        assumeTrue(answer instanceof Answer.Granted, answer::toString);
        GpuReading reading = ((Answer.Granted<Nvml>) answer).value().read(0).orElseThrow();
        assertTrue(reading.uuid().startsWith("GPU-"), reading::toString);
        assertFalse(reading.utilization() < 0 || reading.utilization() > 1, reading::toString);
        assertTrue(reading.memoryTotalBytes() >= context.device().memoryBytes(), reading::toString);
        assertTrue(reading.memoryUsedBytes() <= reading.memoryTotalBytes(), reading::toString);
    }
}
