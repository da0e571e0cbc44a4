package dev.understudy.ffm.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// How the driver is called, and what becomes of its answers, with a recording driver: not a GPU.
class CudaCallsTest extends RecordingStage {
    private static final String CURRENT = "cuCtxSetCurrent 0x100";
    private static final String EXPECTED = """
            cuDriverGetVersion
            cuInit 0
            cuDeviceGetCount
            cuDeviceGet 0
            cuDeviceGetName 256 7
            cuDeviceTotalMem_v2 7
            cuDeviceGetAttribute 75 7
            cuDeviceGetAttribute 76 7
            cuDeviceGetAttribute 16 7
            cuDeviceGet 0
            cuDeviceGetPCIBusId 32 7
            cuDeviceGet 0
            cuDeviceGetName 256 7
            cuDeviceTotalMem_v2 7
            cuDeviceGetAttribute 75 7
            cuDeviceGetAttribute 76 7
            cuDeviceGetAttribute 16 7
            cuDevicePrimaryCtxRetain 7 -> 0x100
            cuCtxSetCurrent 0x100
            cuCtxGetStreamPriorityRange
            cuMemGetInfo_v2
            cuStreamCreateWithPriority 1 -5 -> 0x101
            cuStreamGetPriority 0x101
            cuEventCreate 0 -> 0x102
            cuEventCreate 0 -> 0x103
            cuMemHostAlloc 4096 3 -> 0x104
            cuMemHostGetDevicePointer_v2 PINNED 0
            cuModuleLoadData "// PTX" -> 0x105
            cuEventRecord 0x102 0x101
            cuStreamWaitValue32_v2 0x101 SEEN 77 0
            cuModuleGetFunction 0x105 "scale"
            cuLaunchKernel 0xf00 11 12 13 21 22 23 31 0x101 0x1122334455667788 0x3fc00000 0x2a
            cuEventRecord 0x103 0x101
            cuStreamQuery 0x101
            cuEventQuery 0x103
            cuEventSynchronize 0x103
            cuStreamSynchronize 0x101
            cuEventElapsedTime 0x102 0x103
            cuModuleUnload 0x105
            cuMemFreeHost PINNED
            cuEventDestroy_v2 0x103
            cuEventDestroy_v2 0x102
            cuStreamDestroy_v2 0x101
            cuDeviceGetDevResource 7 1
            cuDevSmResourceSplitByCount 1 0 20
            cuDevResourceGenerateDesc 1
            cuGreenCtxCreate 0xde5c 7 1 -> 0x106
            cuGreenCtxGetDevResource 0x106 1
            cuGreenCtxStreamCreate 0x106 1 -1 -> 0x107
            cuStreamGetPriority 0x107
            cuStreamDestroy_v2 0x107
            cuGreenCtxDestroy 0x106
            cuStreamQuery (nil)
            cuDevicePrimaryCtxRelease_v2 7
            """;

    @BeforeEach
    void everyArgumentOfTheKernelIsRead() {
        cuda.tell("recording_parameters", EveryCall.ARGUMENTS.length);
    }

    @Test
    void everyFunctionGetsItsArgumentsInTheirPlaces() throws Exception {
        EveryCall run = EveryCall.of(cuda.file());
        List<String> expected = EXPECTED.replace("PINNED", "0x" + Long.toHexString(run.pinned))
                .replace("SEEN", "0x" + Long.toHexString(run.pinned + (1L << 40))).lines().toList();
        assertEquals(expected, callsButCurrentAgain());
        assertEquals(0, cuda.alive());
    }

    /// Without the calls that make the context current once more, before each thing that wants it so.
    private static List<String> callsButCurrentAgain() {
        List<String> calls = new ArrayList<>(cuda.calls());
        int first = calls.indexOf(CURRENT);
        calls.removeIf(CURRENT::equals);
        calls.add(first, CURRENT);
        return calls;
    }

    @Test
    void noFunctionOfTheTableIsLeftOut() throws Exception {
        EveryCall.of(cuda.file());
        Set<String> called = new TreeSet<>();
        cuda.calls().forEach(call -> called.add(call.split(" ", 2)[0]));
        Set<String> table = new TreeSet<>();
        EnumSet.complementOf(EnumSet.of(CudaFunction.GET_ERROR_NAME, CudaFunction.GET_ERROR_STRING))
                .forEach(function -> table.add(function.symbol));
        assertEquals(table, called);
    }

    @Test
    void whatTheDriverAnswersComesBack() throws Exception {
        long gib = 1L << 30;
        assertEquals(List.of(new CudaDevice(0, "not a GPU", 9, 4, 132, 80 * gib), "0000:3b:00.0",
                new StreamPriorities(0, -5), new CudaMemory(60 * gib, 80 * gib), -5, true, true, 1.5, 24, 108, -1,
                Optional.empty()), EveryCall.of(cuda.file()).seen);
        assertEquals("9.4", new CudaDevice(0, "", 9, 4, 1, 1).computeCapability());
    }

    @Test
    void workUnderWayIsNoFailure() throws Exception {
        cuda.order("cuStreamQuery", 600);
        cuda.order("cuEventQuery", 600);
        List<Object> seen = EveryCall.of(cuda.file()).seen;
        assertEquals(List.of(false, false), seen.stream().filter(Boolean.class::isInstance).toList());
        assertTrue(seen.contains(Optional.empty()), "a busy default stream is no fault");
    }

    @Test
    void aStreamHasThePriorityTheDriverGaveItNotTheOneAskedFor() throws Exception {
        try (CudaContext context = context(); CudaStream stream = context.createStream(-99)) {
            assertEquals(-5, stream.priority());
            assertEquals(0x101, stream.handle());
        }
    }

    @Test
    void pinnedMemoryIsTheDriversOwnOfTheLengthAskedFor() throws Exception {
        try (CudaContext context = context(); PinnedMemory memory = context.allocatePinned(10)) {
            assertEquals(10, memory.segment().byteSize());
            assertTrue(memory.segment().asByteBuffer().isDirect());
            assertEquals(memory.segment().address() + (1L << 40), memory.devicePointer());
        }
    }

    @Test
    void aKernelWithoutParametersIsLaunched() throws Exception {
        cuda.tell("recording_parameters", 0);
        try (CudaContext context = context();
                CudaStream stream = context.createStream(0);
                CudaModule module = context.loadModule(new byte[]{'x'})) {
            module.function("empty").launch(stream, Dim3.of(3), Dim3.of(4), 0);
        }
        assertTrue(cuda.calls().contains("cuModuleLoadData \"x\" -> 0x102"), () -> cuda.calls().toString());
        assertTrue(cuda.calls().contains("cuLaunchKernel 0xf00 3 1 1 4 1 1 0 0x101"), () -> cuda.calls().toString());
    }

    @Test
    void everyThreadIsGivenTheContextThatItWants() throws Exception {
        try (CudaContext context = context()) {
            long before = count(CURRENT);
            context.makeCurrent();
            context.memory();
            assertEquals(before + 2, count(CURRENT));
        }
    }

    private static long count(String call) {
        return cuda.calls().stream().filter(call::equals).count();
    }

    @Test
    void everySymbolIsListedOnce() {
        assertEquals(CudaFunction.values().length,
                Arrays.stream(CudaFunction.values()).map(function -> function.symbol).distinct().count());
    }
}
