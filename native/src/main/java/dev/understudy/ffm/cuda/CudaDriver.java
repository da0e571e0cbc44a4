package dev.understudy.ffm.cuda;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.understudy.ffm.Answer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// CUDA's driver, loaded and initialised. Thread-safe: immutable, lives as long as the process.
@SuppressWarnings("restricted")
public final class CudaDriver {
    private static final String LIBRARY = "libcuda.so.1";
    private static final int NAME_BYTES = 256;
    /// `0000:3b:00.0` and more.
    private static final int BUS_ID_BYTES = 32;
    /// Of `CUdevice_attribute`.
    private static final int MULTIPROCESSOR_COUNT = 16;
    private static final int COMPUTE_CAPABILITY_MAJOR = 75;
    private static final int COMPUTE_CAPABILITY_MINOR = 76;

    /// What the machine's own driver answered when it was first asked.
    private static final class Machine {
        static final Answer<CudaDriver> DRIVER = openMachines();
    }

    final CudaTable table;
    private final int version;

    private CudaDriver(CudaTable table, int version) {
        this.table = table;
        this.version = version;
    }

    /// The machine's driver, `libcuda.so.1`, which is loaded when this is first called; later calls get the same answer.
    /// Refused in one line, which says whether the library is absent, the driver is too old, or what the driver itself said:
    /// `cuInit: CUDA_ERROR_NO_DEVICE (100): no CUDA-capable device is detected`.
    public static Answer<CudaDriver> open() {
        return Machine.DRIVER;
    }

    /// The driver in this file, which is opened anew and never unloaded: for tests.
    public static Answer<CudaDriver> open(Path library) {
        try {
            return open(library.toString(), SymbolLookup.libraryLookup(library, Arena.global()));
        } catch (IllegalArgumentException e) {
            return new Answer.Refused<>(library + " cannot be loaded");
        }
    }

    private static Answer<CudaDriver> openMachines() {
        try {
            return open(LIBRARY, SymbolLookup.libraryLookup(LIBRARY, Arena.global()));
        } catch (IllegalArgumentException e) {
            return new Answer.Refused<>(
                    LIBRARY + " cannot be loaded: no NVIDIA driver is installed, or its libraries lie"
                            + " where the loader does not look (LD_LIBRARY_PATH)");
        }
    }

    private static Answer<CudaDriver> open(String name, SymbolLookup library) {
        CudaTable table = new CudaTable(library);
        Optional<CudaFunction> missing = table.missing(CudaFunction.BASE);
        try {
            if (missing.isPresent() && !canTell(library)) {
                return new Answer.Refused<>(name + " is no CUDA driver: it lacks " + missing.get().symbol);
            }
            int version = version(table);
            if (missing.isPresent() || version < CudaFunction.BASE) {
                return new Answer.Refused<>("a driver for CUDA " + versionText(CudaFunction.BASE)
                        + " or later is needed; this one is for CUDA " + versionText(version)
                        + missing.map(function -> " and lacks " + function.symbol).orElse(""));
            }
            table.call(CudaFunction.INIT, 0);
            return new Answer.Granted<>(new CudaDriver(table, version));
        } catch (CudaFailure failure) {
            return new Answer.Refused<>(failure.getMessage());
        }
    }

    /// Whether the library can say which version it is, and what its results mean.
    private static boolean canTell(SymbolLookup library) {
        return library.find(CudaFunction.DRIVER_GET_VERSION.symbol).isPresent()
                && library.find(CudaFunction.GET_ERROR_NAME.symbol).isPresent()
                && library.find(CudaFunction.GET_ERROR_STRING.symbol).isPresent();
    }

    private static int version(CudaTable table) throws CudaFailure {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(JAVA_INT);
            table.call(CudaFunction.DRIVER_GET_VERSION, out);
            return out.get(JAVA_INT, 0);
        }
    }

    /// A version in words: `13.0` for 13000.
    public static String versionText(int version) {
        return version / 1000 + "." + version % 1000 / 10;
    }

    /// The newest version of CUDA that the driver is for: 13000 is CUDA 13.0.
    public int version() {
        return version;
    }

    /// The GPUs that this process may use, by their ordinals.
    public List<CudaDevice> devices() throws CudaFailure {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(JAVA_INT);
            table.call(CudaFunction.DEVICE_GET_COUNT, out);
            int count = out.get(JAVA_INT, 0);
            List<CudaDevice> devices = new ArrayList<>();
            for (int ordinal = 0; ordinal < count; ordinal++) {
                devices.add(describe(ordinal, deviceOf(ordinal)));
            }
            return List.copyOf(devices);
        }
    }

    /// The `CUdevice`.
    private int deviceOf(int ordinal) throws CudaFailure {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(JAVA_INT);
            table.call(CudaFunction.DEVICE_GET, out, ordinal);
            return out.get(JAVA_INT, 0);
        }
    }

    private CudaDevice describe(int ordinal, int device) throws CudaFailure {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocate(NAME_BYTES);
            table.call(CudaFunction.DEVICE_GET_NAME, name, NAME_BYTES, device);
            MemorySegment bytes = arena.allocate(JAVA_LONG);
            table.call(CudaFunction.DEVICE_TOTAL_MEM, bytes, device);
            return new CudaDevice(ordinal, name.getString(0), attribute(COMPUTE_CAPABILITY_MAJOR, device),
                    attribute(COMPUTE_CAPABILITY_MINOR, device), attribute(MULTIPROCESSOR_COUNT, device),
                    bytes.get(JAVA_LONG, 0));
        }
    }

    private int attribute(int attribute, int device) throws CudaFailure {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(JAVA_INT);
            table.call(CudaFunction.DEVICE_GET_ATTRIBUTE, out, attribute, device);
            return out.get(JAVA_INT, 0);
        }
    }

    /// Where the GPU is plugged in, by which NVML knows it too: `0000:3b:00.0`.
    String pciBusId(int ordinal) throws CudaFailure {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment id = arena.allocate(BUS_ID_BYTES);
            table.call(CudaFunction.DEVICE_GET_PCI_BUS_ID, id, BUS_ID_BYTES, deviceOf(ordinal));
            return id.getString(0);
        }
    }

    /// Takes part in the device's primary context, which is the one that CUDA's runtime, and so ONNX Runtime, uses, and
    /// makes it current on the calling thread. To be closed.
    ///
    /// @throws CudaFailure where there is no such device, or it is lost or out of memory, which leaves nothing behind
    public CudaContext retainPrimary(int ordinal) throws CudaFailure {
        int device = deviceOf(ordinal);
        CudaDevice description = describe(ordinal, device);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ADDRESS);
            table.call(CudaFunction.DEVICE_PRIMARY_CTX_RETAIN, out, device);
            CudaContext context = new CudaContext(this, description, device, out.get(ADDRESS, 0));
            try {
                context.makeCurrent();
            } catch (CudaFailure failure) {
                context.close();
                throw failure;
            }
            return context;
        }
    }
}
