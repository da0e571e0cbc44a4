package dev.understudy.ffm.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.ffm.Answer;
import dev.understudy.ffm.cuda.EveryCall.Refusal;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What becomes of a driver's refusals, with a recording driver: not a GPU.
class CudaFailureTest extends RecordingStage {
    private static final int OUT_OF_MEMORY = 2;
    private static final int ILLEGAL_ADDRESS = 700;
    /// Those that undo what another did.
    private static final Set<CudaFunction> DESTROYING = EnumSet.of(CudaFunction.STREAM_DESTROY,
            CudaFunction.EVENT_DESTROY, CudaFunction.MEM_FREE_HOST, CudaFunction.MODULE_UNLOAD,
            CudaFunction.GREEN_CTX_DESTROY, CudaFunction.DEVICE_PRIMARY_CTX_RELEASE);
    /// Those that only say what another's result means.
    private static final Set<CudaFunction> EXPLAINING = EnumSet.of(CudaFunction.GET_ERROR_NAME,
            CudaFunction.GET_ERROR_STRING);

    static Stream<CudaFunction> working() {
        return Stream.of(CudaFunction.values())
                .filter(function -> !DESTROYING.contains(function) && !EXPLAINING.contains(function));
    }

    static Stream<CudaFunction> destroying() {
        return DESTROYING.stream();
    }

    @ParameterizedTest
    @MethodSource("working")
    void whatTheDriverRefusesIsSaidInItsWordsAndNothingIsLeftBehind(CudaFunction function) {
        cuda.order(function.symbol, OUT_OF_MEMORY);
        String expected = function.symbol + ": CUDA_ERROR_OUT_OF_MEMORY (2): out of memory";
        Exception refused = assertThrows(Exception.class, () -> EveryCall.of(cuda.file()));
        assertEquals(0, cuda.alive(), () -> cuda.calls().toString());
        assertEquals(expected, refused.getMessage());
        if (refused instanceof CudaFailure failure) {
            assertEquals(
                    List.of(function.symbol, "CUDA_ERROR_OUT_OF_MEMORY", "out of memory"),
                    List.of(failure.function(), failure.name(), failure.text()));
            assertEquals(OUT_OF_MEMORY, failure.code());
            assertEquals(0, failure.getStackTrace().length);
        } else {
            assertTrue(refused instanceof Refusal, refused::toString);
        }
    }

    @ParameterizedTest
    @MethodSource("destroying")
    void aLostContextClosesQuietlyAndSaysSoWhenAsked(CudaFunction function) throws Exception {
        cuda.order(function.symbol, ILLEGAL_ADDRESS);
        List<Object> seen = EveryCall.of(cuda.file()).seen;
        // The last thing seen is the fault, which was asked before the context itself was closed.
        boolean told = seen.getLast().toString().contains(function.symbol + ": CUDA_ERROR_ILLEGAL_ADDRESS (700)");
        assertEquals(function != CudaFunction.DEVICE_PRIMARY_CTX_RELEASE, told, () -> seen.getLast().toString());
    }

    @ParameterizedTest
    @MethodSource("destroying")
    void closingWhatIsNotOursIsABrokenInvariantUnlessTheDriverHasEnded(CudaFunction function) throws Exception {
        cuda.order(function.symbol, 4);
        EveryCall.of(cuda.file());
        cuda.reset();
        cuda.order(function.symbol, 400);
        IllegalStateException broken = assertThrows(IllegalStateException.class, () -> EveryCall.of(cuda.file()));
        assertEquals(function.symbol + ": CUDA_ERROR_INVALID_HANDLE (400): invalid resource handle",
                broken.getMessage());
    }

    @Test
    void aFaultIsToldAsSoonAsTheDriverKnowsOfIt() throws Exception {
        try (CudaContext context = context()) {
            assertTrue(context.fault().isEmpty());
            cuda.order("cuStreamQuery", ILLEGAL_ADDRESS);
            CudaFailure fault = context.fault().orElseThrow();
            assertEquals("CUDA_ERROR_ILLEGAL_ADDRESS", fault.name());
            assertTrue(fault.sticky());
        }
    }

    @Test
    void aResultThatTheDriverHasNoWordsForKeepsItsNumber() throws Exception {
        cuda.order("cuEventCreate", 12345);
        try (CudaContext context = context()) {
            CudaFailure failure = assertThrows(CudaFailure.class, context::createEvent);
            assertEquals("cuEventCreate: no name (12345): the driver has no words for it", failure.getMessage());
        }
    }

    @Test
    void theFailuresThatLoseTheContextAreThoseCudasHeaderSaysSoOf() {
        Set<Integer> sticky = new TreeSet<>();
        IntStream.range(0, 1000).filter(code -> new CudaFailure("f", code, "n", "t").sticky()).forEach(sticky::add);
        assertEquals(new TreeSet<>(List.of(214, 220, 226, 700, 702, 709, 710, 714, 715, 716, 717, 718, 719, 721, 810,
                911)), sticky);
    }

    @Test
    void aMachineWithoutADeviceIsRefusedInTheDriversWords() {
        cuda.order("cuInit", 100);
        assertEquals("cuInit: CUDA_ERROR_NO_DEVICE (100): no CUDA-capable device is detected", refusal(cuda.file()));
    }

    @Test
    void anOldDriverIsRefusedWithBothVersionsBeforeItIsInitialised() {
        cuda.tell("recording_version", 11_080);
        assertEquals("a driver for CUDA 12.0 or later is needed; this one is for CUDA 11.8", refusal(cuda.file()));
        assertEquals(List.of("cuDriverGetVersion"), cuda.calls());
    }

    @Test
    void aDriverWithoutAFunctionIsRefusedByItsName() throws Exception {
        RecordingLibrary old = RecordingLibrary.compile(folder, "recording-cuda.c", "-DWITHOUT_WAIT_VALUE");
        old.tell("recording_version", 11_040);
        assertEquals(
                "a driver for CUDA 12.0 or later is needed; this one is for CUDA 11.4 and lacks cuStreamWaitValue32_v2",
                refusal(old.file()));
    }

    @Test
    void aLibraryThatIsNoDriverOrNoneAtAllIsRefusedByItsName() throws Exception {
        RecordingLibrary other = RecordingLibrary.compile(folder, "recording-nvml.c");
        assertEquals(other.file() + " is no CUDA driver: it lacks cuInit", refusal(other.file()));
        Path absent = folder.resolve("absent.so");
        assertEquals(absent + " cannot be loaded", refusal(absent));
    }

    @Test
    void theMachinesDriverIsAskedForOnceAndAnswersInALine() {
        Answer<CudaDriver> first = CudaDriver.open();
        assertSame(first, CudaDriver.open());
        if (first instanceof Answer.Refused<CudaDriver>(String reason)) {
            assertTrue(reason.startsWith("libcuda.so.1 ") || reason.startsWith("cuInit: ")
                    || reason.startsWith("a driver for CUDA "), reason);
            assertEquals(1, reason.lines().count(), reason);
        }
    }

    @Test
    void anOrdinalThatIsNoDeviceIsTheDriversToRefuse() throws Exception {
        CudaDriver driver = driver();
        CudaFailure failure = assertThrows(CudaFailure.class, () -> driver.retainPrimary(3));
        assertEquals("cuDeviceGet: no name (101): the driver has no words for it", failure.getMessage());
        assertEquals(0, cuda.alive());
        assertEquals(13_000, driver.version());
    }
}
