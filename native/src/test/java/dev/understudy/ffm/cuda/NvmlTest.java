package dev.understudy.ffm.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.understudy.ffm.Answer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// How NVML is called, and what becomes of its answers, with recording libraries: not a GPU.
class NvmlTest extends RecordingStage {
    private static final GpuReading ALL = new GpuReading("GPU-0123", 0.37, 30L << 30, 80L << 30, 123.456, 700,
            9_876_543_210.987);

    private static RecordingLibrary library;

    @BeforeAll
    static void compileNvml() throws Exception {
        library = RecordingLibrary.compile(folder, "recording-nvml.c");
    }

    @BeforeEach
    void forgetAllCallsOfNvml() {
        library.reset();
    }

    @Test
    void aDeviceIsFoundByWhereItIsPluggedInAndReadInTheUnitsItSays() throws Exception {
        assertEquals(Optional.of(ALL), nvml(library).read(0));
        assertEquals(List.of("nvmlInit_v2 ", "nvmlDeviceGetHandleByPciBusId_v2 0000:3b:00.0",
                "nvmlDeviceGetUUID device 3b", "nvmlDeviceGetUtilizationRates device 3b",
                "nvmlDeviceGetMemoryInfo device 3b", "nvmlDeviceGetTotalEnergyConsumption device 3b",
                "nvmlDeviceGetPowerUsage device 3b", "nvmlDeviceGetEnforcedPowerLimit device 3b"), library.calls());
    }

    @Test
    void whatOneGpuDoesNotTellIsMissingAndTheRestIsThere() throws Exception {
        double none = Double.NaN;
        assertEquals(new GpuReading("", 0.37, 30L << 30, 80L << 30, 123.456, 700, 9_876_543_210.987),
                readWithout("nvmlDeviceGetUUID"));
        assertEquals(new GpuReading("GPU-0123", none, 30L << 30, 80L << 30, 123.456, 700, 9_876_543_210.987),
                readWithout("nvmlDeviceGetUtilizationRates"));
        assertEquals(new GpuReading("GPU-0123", 0.37, -1, -1, 123.456, 700, 9_876_543_210.987),
                readWithout("nvmlDeviceGetMemoryInfo"));
        assertEquals(new GpuReading("GPU-0123", 0.37, 30L << 30, 80L << 30, none, 700, 9_876_543_210.987),
                readWithout("nvmlDeviceGetPowerUsage"));
        assertEquals(new GpuReading("GPU-0123", 0.37, 30L << 30, 80L << 30, 123.456, none, 9_876_543_210.987),
                readWithout("nvmlDeviceGetEnforcedPowerLimit"));
        assertEquals(new GpuReading("GPU-0123", 0.37, 30L << 30, 80L << 30, 123.456, 700, none),
                readWithout("nvmlDeviceGetTotalEnergyConsumption"));
    }

    private static GpuReading readWithout(String function) throws Exception {
        library.reset();
        library.order(function, 3);
        return nvml(library).read(0).orElseThrow();
    }

    @Test
    void aFunctionThatAnOlderLibraryLacksIsANumberMissing() throws Exception {
        RecordingLibrary older = RecordingLibrary.compile(folder, "recording-nvml.c", "-DWITHOUT_ENERGY");
        assertEquals(new GpuReading("GPU-0123", 0.37, 30L << 30, 80L << 30, 123.456, 700, Double.NaN),
                nvml(older).read(0).orElseThrow());
    }

    @Test
    void aDeviceThatEitherLibraryDoesNotKnowHasNoReading() throws Exception {
        Nvml nvml = nvml(library);
        assertEquals(Optional.empty(), nvml.read(5));
        library.order("nvmlDeviceGetHandleByPciBusId_v2", 15);
        assertEquals(Optional.empty(), nvml.read(0));
    }

    @Test
    void aLibraryThatDoesNotStartIsRefusedInItsWords() throws Exception {
        library.order("nvmlInit_v2", 9);
        assertEquals(new Answer.Refused<>("nvmlInit_v2: Driver Not Loaded (9)"), Nvml.open(driver(), library.file()));
        assertEquals(new Answer.Refused<>("NVML lacks nvmlInit_v2"), Nvml.open(driver(), cuda.file()));
        Path absent = folder.resolve("absent.so");
        assertEquals(new Answer.Refused<>(absent + " cannot be loaded"), Nvml.open(driver(), absent));
    }

    @Test
    void withoutADriverThereIsNoReadingEither() {
        if (CudaDriver.open() instanceof Answer.Refused<CudaDriver>(String reason)) {
            assertEquals(new Answer.Refused<>(reason), Nvml.open());
        } else {
            abort("there is a driver");
        }
    }

    private static Nvml nvml(RecordingLibrary nvml) throws Exception {
        return EveryCall.granted(Nvml.open(driver(), nvml.file()));
    }
}
