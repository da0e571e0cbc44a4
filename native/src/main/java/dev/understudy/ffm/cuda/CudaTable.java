package dev.understudy.ffm.cuda;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/// The driver's functions, called by their shapes. Each answers with a `CUresult`, and one that is not 0 becomes a
/// [CudaFailure]. Handles and device pointers are passed as addresses. Thread-safe: immutable.
///
/// The method handles are constants and take the function's address as their first argument, so that a call costs no more
/// than the native call itself.
@SuppressWarnings("restricted")
final class CudaTable {
    /// `CUDA_ERROR_NOT_READY`: work is still under way, which is no failure.
    static final int NOT_READY = 600;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final MethodHandle I = result(JAVA_INT);
    private static final MethodHandle P = result(ADDRESS);
    private static final MethodHandle IP = result(JAVA_INT, ADDRESS);
    private static final MethodHandle PI = result(ADDRESS, JAVA_INT);
    private static final MethodHandle PP = result(ADDRESS, ADDRESS);
    private static final MethodHandle PII = result(ADDRESS, JAVA_INT, JAVA_INT);
    private static final MethodHandle PLI = result(ADDRESS, JAVA_LONG, JAVA_INT);
    private static final MethodHandle PPI = result(ADDRESS, ADDRESS, JAVA_INT);
    private static final MethodHandle PPP = result(ADDRESS, ADDRESS, ADDRESS);
    private static final MethodHandle IPI = result(JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle PPII = result(ADDRESS, ADDRESS, JAVA_INT, JAVA_INT);
    private static final MethodHandle PPPPII = result(ADDRESS, ADDRESS, ADDRESS, ADDRESS, JAVA_INT, JAVA_INT);
    private static final MethodHandle LAUNCH = result(ADDRESS, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT,
            JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, ADDRESS);

    /// What the library has of them.
    private final Map<CudaFunction, MemorySegment> addresses = new EnumMap<>(CudaFunction.class);

    CudaTable(SymbolLookup library) {
        for (CudaFunction function : CudaFunction.values()) {
            library.find(function.symbol).ifPresent(address -> addresses.put(function, address));
        }
    }

    private static MethodHandle result(MemoryLayout... arguments) {
        return LINKER.downcallHandle(FunctionDescriptor.of(JAVA_INT, arguments));
    }

    /// The first function that the library lacks of those that came with this version of CUDA.
    Optional<CudaFunction> missing(int since) {
        for (CudaFunction function : CudaFunction.values()) {
            if (function.since == since && !addresses.containsKey(function)) {
                return Optional.of(function);
            }
        }
        return Optional.empty();
    }

    private MemorySegment at(CudaFunction function) {
        MemorySegment address = addresses.get(function);
        if (address == null) {
            throw new IllegalStateException(function.symbol + " is called, which the driver lacks");
        }
        return address;
    }

    void call(CudaFunction function, int n) throws CudaFailure {
        try {
            check(function, (int) I.invokeExact(at(function), n));
        } catch (Throwable e) {
            throw thrown(e);
        }
    }

    void call(CudaFunction function, MemorySegment a) throws CudaFailure {
        try {
            check(function, (int) P.invokeExact(at(function), a));
        } catch (Throwable e) {
            throw thrown(e);
        }
    }

    /// Calls one that asks whether work has ended: false for not ready.
    boolean ask(CudaFunction function, MemorySegment a) throws CudaFailure {
        try {
            int result = (int) P.invokeExact(at(function), a);
            if (result == NOT_READY) {
                return false;
            }
            check(function, result);
            return true;
        } catch (Throwable e) {
            throw thrown(e);
        }
    }

    void call(CudaFunction function, MemorySegment a, int n) throws CudaFailure {
        try {
            check(function, (int) PI.invokeExact(at(function), a, n));
        } catch (Throwable e) {
            throw thrown(e);
        }
    }

    void call(CudaFunction function, MemorySegment a, MemorySegment b) throws CudaFailure {
        try {
            check(function, (int) PP.invokeExact(at(function), a, b));
        } catch (Throwable e) {
            throw thrown(e);
        }
    }

    void call(CudaFunction function, MemorySegment a, int m, int n) throws CudaFailure {
        try {
            check(function, (int) PII.invokeExact(at(function), a, m, n));
        } catch (Throwable e) {
            throw thrown(e);
        }
    }

    void call(CudaFunction function, MemorySegment a, long m, int n) throws CudaFailure {
        try {
            check(function, (int) PLI.invokeExact(at(function), a, m, n));
        } catch (Throwable e) {
            throw thrown(e);
        }
    }

    void call(CudaFunction function, MemorySegment a, MemorySegment b, int n) throws CudaFailure {
        try {
            check(function, (int) PPI.invokeExact(at(function), a, b, n));
        } catch (Throwable e) {
            throw thrown(e);
        }
    }

    void call(CudaFunction function, MemorySegment a, MemorySegment b, MemorySegment c) throws CudaFailure {
        try {
            check(function, (int) PPP.invokeExact(at(function), a, b, c));
        } catch (Throwable e) {
            throw thrown(e);
        }
    }

    void call(CudaFunction function, int m, MemorySegment a, int n) throws CudaFailure {
        try {
            check(function, (int) IPI.invokeExact(at(function), m, a, n));
        } catch (Throwable e) {
            throw thrown(e);
        }
    }

    void call(CudaFunction function, MemorySegment a, MemorySegment b, int m, int n) throws CudaFailure {
        try {
            check(function, (int) PPII.invokeExact(at(function), a, b, m, n));
        } catch (Throwable e) {
            throw thrown(e);
        }
    }

    void call(CudaFunction function, MemorySegment a, MemorySegment b, MemorySegment c, MemorySegment d, int m, int n)
            throws CudaFailure {
        try {
            check(function, (int) PPPPII.invokeExact(at(function), a, b, c, d, m, n));
        } catch (Throwable e) {
            throw thrown(e);
        }
    }

    /// Calls `cuLaunchKernel`.
    ///
    /// @param parameters an array of pointers, one to each argument of the kernel
    void launch(MemorySegment kernel, Dim3 grid, Dim3 block, int sharedBytes, MemorySegment stream,
            MemorySegment parameters) throws CudaFailure {
        try {
            check(CudaFunction.LAUNCH_KERNEL,
                    (int) LAUNCH.invokeExact(at(CudaFunction.LAUNCH_KERNEL), kernel, grid.x(), grid.y(), grid.z(),
                            block.x(), block.y(), block.z(), sharedBytes, stream, parameters, MemorySegment.NULL));
        } catch (Throwable e) {
            throw thrown(e);
        }
    }

    private void check(CudaFunction function, int result) throws CudaFailure {
        if (result != 0) {
            throw new CudaFailure(function.symbol, result, words(CudaFunction.GET_ERROR_NAME, result, "no name"),
                    words(CudaFunction.GET_ERROR_STRING, result, "the driver has no words for it"));
        }
    }

    /// The driver's words for a result, which it has for those it knows.
    private String words(CudaFunction function, int result, String none) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ADDRESS);
            int known = (int) IP.invokeExact(at(function), result, out);
            return known == 0 ? out.get(ADDRESS, 0).reinterpret(Long.MAX_VALUE).getString(0) : none;
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    private static RuntimeException thrown(Throwable e) throws CudaFailure {
        if (e instanceof CudaFailure failure) {
            throw failure;
        }
        return unexpected(e);
    }

    /// What a method handle is declared to throw and never does.
    static RuntimeException unexpected(Throwable e) {
        return switch (e) {
            case RuntimeException known -> known;
            case Error error -> throw error;
            default -> new IllegalStateException(e);
        };
    }
}
