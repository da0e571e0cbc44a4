package dev.understudy.ffm.cuda;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.understudy.ffm.Answer;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.Optional;

/// NVIDIA's management library, which reads GPUs without disturbing them. Thread-safe: immutable, lives as long as the
/// process.
///
/// It numbers the machine's GPUs in its own way, so a device of CUDA's is found by where it is plugged in. Under MIG that is
/// the whole GPU and not the instance.
@SuppressWarnings("restricted")
public final class Nvml {
    private static final String LIBRARY = "libnvidia-ml.so.1";
    private static final int UUID_BYTES = 96;
    /// `nvmlUtilization_t`: two whole percentages, of which the first is the multiprocessors'.
    private static final long UTILIZATION_BYTES = 2 * Integer.BYTES;
    /// `nvmlMemory_t`: total, free and used bytes.
    private static final long MEMORY_BYTES = 3 * Long.BYTES;
    private static final double PER_CENT = 100;
    private static final double MILLI = 1000;

    /// What the machine's own library answered when it was first asked.
    private static final class Machine {
        static final Answer<Nvml> NVML = openMachines();
    }

    private static final MethodHandle NOTHING = result();
    private static final MethodHandle PP = result(ADDRESS, ADDRESS);
    private static final MethodHandle PPI = result(ADDRESS, ADDRESS, JAVA_INT);
    private static final MethodHandle WORDS = Linker.nativeLinker()
            .downcallHandle(FunctionDescriptor.of(ADDRESS, JAVA_INT));

    private final CudaDriver driver;
    private final SymbolLookup library;

    private Nvml(CudaDriver driver, SymbolLookup library) {
        this.driver = driver;
        this.library = library;
    }

    private static MethodHandle result(MemoryLayout... arguments) {
        return Linker.nativeLinker().downcallHandle(FunctionDescriptor.of(JAVA_INT, arguments));
    }

    /// The machine's library, `libnvidia-ml.so.1`, which is loaded when this is first called; later calls get the same
    /// answer. Refused in one line where it is absent or does not work, or where [CudaDriver#open] is refused.
    public static Answer<Nvml> open() {
        return Machine.NVML;
    }

    /// The library in this file, which is opened anew and never unloaded, for the devices of this driver: for tests.
    public static Answer<Nvml> open(CudaDriver driver, Path library) {
        try {
            return open(driver, SymbolLookup.libraryLookup(library, Arena.global()));
        } catch (IllegalArgumentException e) {
            return new Answer.Refused<>(library + " cannot be loaded");
        }
    }

    private static Answer<Nvml> openMachines() {
        return switch (CudaDriver.open()) {
            case Answer.Refused<CudaDriver>(String reason) -> new Answer.Refused<>(reason);
            case Answer.Granted<CudaDriver>(CudaDriver driver) -> {
                try {
                    yield open(driver, SymbolLookup.libraryLookup(LIBRARY, Arena.global()));
                } catch (IllegalArgumentException e) {
                    yield new Answer.Refused<>(LIBRARY + " cannot be loaded");
                }
            }
        };
    }

    private static Answer<Nvml> open(CudaDriver driver, SymbolLookup library) {
        Optional<MemorySegment> init = library.find("nvmlInit_v2");
        if (init.isEmpty()) {
            return new Answer.Refused<>("NVML lacks nvmlInit_v2");
        }
        try {
            int result = (int) NOTHING.invokeExact(init.get());
            return result == 0
                    ? new Answer.Granted<>(new Nvml(driver, library))
                    : new Answer.Refused<>("nvmlInit_v2: " + words(library, result) + " (" + result + ")");
        } catch (Throwable e) {
            throw CudaTable.unexpected(e);
        }
    }

    private static String words(SymbolLookup library, int result) throws Throwable {
        Optional<MemorySegment> errorString = library.find("nvmlErrorString");
        if (errorString.isEmpty()) {
            return "failed";
        }
        MemorySegment words = (MemorySegment) WORDS.invokeExact(errorString.get(), result);
        return words.reinterpret(Long.MAX_VALUE).getString(0);
    }

    /// What it says of a device; empty where it does not know the device or has lost it.
    ///
    /// @param ordinal CUDA's number of the device
    public Optional<GpuReading> read(int ordinal) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ADDRESS);
            if (!ask("nvmlDeviceGetHandleByPciBusId_v2", arena.allocateFrom(driver.pciBusId(ordinal)), out)) {
                return Optional.empty();
            }
            return Optional.of(read(out.get(ADDRESS, 0), arena));
        } catch (CudaFailure failure) {
            return Optional.empty();
        }
    }

    private GpuReading read(MemorySegment device, Arena arena) {
        MemorySegment uuid = arena.allocate(UUID_BYTES);
        MemorySegment utilization = arena.allocate(UTILIZATION_BYTES, Integer.BYTES);
        MemorySegment memory = arena.allocate(MEMORY_BYTES, Long.BYTES);
        MemorySegment energy = arena.allocate(JAVA_LONG);
        boolean hasUuid = askUuid(device, uuid);
        boolean hasUtilization = ask("nvmlDeviceGetUtilizationRates", device, utilization);
        boolean hasMemory = ask("nvmlDeviceGetMemoryInfo", device, memory);
        boolean hasEnergy = ask("nvmlDeviceGetTotalEnergyConsumption", device, energy);
        return new GpuReading(hasUuid ? uuid.getString(0) : "",
                hasUtilization ? utilization.get(JAVA_INT, 0) / PER_CENT : Double.NaN,
                hasMemory ? memory.getAtIndex(JAVA_LONG, 2) : -1, hasMemory ? memory.getAtIndex(JAVA_LONG, 0) : -1,
                watts("nvmlDeviceGetPowerUsage", device, arena),
                watts("nvmlDeviceGetEnforcedPowerLimit", device, arena),
                hasEnergy ? energy.get(JAVA_LONG, 0) / MILLI : Double.NaN);
    }

    private double watts(String function, MemorySegment device, Arena arena) {
        MemorySegment milliwatts = arena.allocate(JAVA_INT);
        return ask(function, device, milliwatts) ? milliwatts.get(JAVA_INT, 0) / MILLI : Double.NaN;
    }

    /// Whether the library has such a function and it answers.
    private boolean ask(String function, MemorySegment a, MemorySegment out) {
        Optional<MemorySegment> address = library.find(function);
        try {
            return address.isPresent() && (int) PP.invokeExact(address.get(), a, out) == 0;
        } catch (Throwable e) {
            throw CudaTable.unexpected(e);
        }
    }

    private boolean askUuid(MemorySegment device, MemorySegment uuid) {
        Optional<MemorySegment> address = library.find("nvmlDeviceGetUUID");
        try {
            return address.isPresent() && (int) PPI.invokeExact(address.get(), device, uuid, UUID_BYTES) == 0;
        } catch (Throwable e) {
            throw CudaTable.unexpected(e);
        }
    }
}
