package dev.understudy.ffm.ort;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BOOLEAN;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.understudy.ffm.IdleThread;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;

/// ONNX Runtime's table of functions, called by their shapes: `call` for those that answer with a status, which becomes an
/// [OrtFailure]. Thread-safe: immutable.
///
/// The method handles are constants and take the function's address as their first argument, so that a call costs no more
/// than the native call itself.
@SuppressWarnings("restricted")
final class OrtTable {
    private static final Linker LINKER = Linker.nativeLinker();
    /// One pointer in, a pointer out: also for the text of a status.
    private static final MethodHandle P = status(ADDRESS);
    private static final MethodHandle PI = status(ADDRESS, JAVA_INT);
    private static final MethodHandle PP = status(ADDRESS, ADDRESS);
    private static final MethodHandle PPP = status(ADDRESS, ADDRESS, ADDRESS);
    private static final MethodHandle PPPP = status(ADDRESS, ADDRESS, ADDRESS, ADDRESS);
    private static final MethodHandle PPL = status(ADDRESS, ADDRESS, JAVA_LONG);
    private static final MethodHandle PPPL = status(ADDRESS, ADDRESS, ADDRESS, JAVA_LONG);
    private static final MethodHandle PLP = status(ADDRESS, JAVA_LONG, ADDRESS);
    private static final MethodHandle PLPP = status(ADDRESS, JAVA_LONG, ADDRESS, ADDRESS);
    private static final MethodHandle PLLP = status(ADDRESS, JAVA_LONG, JAVA_LONG, ADDRESS);
    private static final MethodHandle IIP = status(JAVA_INT, JAVA_INT, ADDRESS);
    private static final MethodHandle IPP = status(JAVA_INT, ADDRESS, ADDRESS);
    private static final MethodHandle PIIIP = status(ADDRESS, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS);
    private static final MethodHandle PPLIP = status(ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS);
    private static final MethodHandle PPLPL = status(ADDRESS, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG);
    private static final MethodHandle PPLPLIP = status(ADDRESS, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_INT,
            ADDRESS);
    private static final MethodHandle PPPPLPLP = status(ADDRESS, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS,
            JAVA_LONG, ADDRESS);
    private static final MethodHandle BOOLEAN_OF_P = LINKER
            .downcallHandle(FunctionDescriptor.of(JAVA_BOOLEAN, ADDRESS));
    private static final MethodHandle INT_OF_P = LINKER.downcallHandle(FunctionDescriptor.of(JAVA_INT, ADDRESS));
    private static final MethodHandle VOID_OF_P = LINKER.downcallHandle(FunctionDescriptor.ofVoid(ADDRESS));

    /// By place in the table; only those of [OrtFunction] are there.
    private final MemorySegment[] addresses;

    /// The table at this address.
    OrtTable(MemorySegment table) {
        MemorySegment places = table.reinterpret(Long.MAX_VALUE);
        int last = Arrays.stream(OrtFunction.values()).mapToInt(function -> function.place).max().orElse(0);
        addresses = new MemorySegment[last + 1];
        for (OrtFunction function : OrtFunction.values()) {
            addresses[function.place] = places.getAtIndex(ADDRESS, function.place);
        }
    }

    private static MethodHandle status(MemoryLayout... arguments) {
        return LINKER.downcallHandle(FunctionDescriptor.of(ADDRESS, arguments));
    }

    private MemorySegment at(OrtFunction function) {
        return addresses[function.place];
    }

    void call(OrtFunction function, MemorySegment a) throws OrtFailure {
        try {
            check((MemorySegment) P.invokeExact(at(function), a));
        } catch (Throwable e) {
            throw thrown(e);
        }
    }

    void call(OrtFunction function, MemorySegment a, int n) throws OrtFailure {
        try {
            check((MemorySegment) PI.invokeExact(at(function), a, n));
        } catch (Throwable e) {
            throw thrown(e);
        }
    }

    void call(OrtFunction function, MemorySegment a, MemorySegment b) throws OrtFailure {
        try {
            check((MemorySegment) PP.invokeExact(at(function), a, b));
        } catch (Throwable e) {
            throw thrown(e);
        }
    }

    void call(OrtFunction function, MemorySegment a, MemorySegment b, MemorySegment c) throws OrtFailure {
        try {
            check((MemorySegment) PPP.invokeExact(at(function), a, b, c));
        } catch (Throwable e) {
            throw thrown(e);
        }
    }

    void call(OrtFunction function, MemorySegment a, MemorySegment b, MemorySegment c, MemorySegment d)
            throws OrtFailure {
        try {
            check((MemorySegment) PPPP.invokeExact(at(function), a, b, c, d));
        } catch (Throwable e) {
            throw thrown(e);
        }
    }

    void call(OrtFunction function, MemorySegment a, MemorySegment b, long n) throws OrtFailure {
        try {
            check((MemorySegment) PPL.invokeExact(at(function), a, b, n));
        } catch (Throwable e) {
            throw thrown(e);
        }
    }

    void call(OrtFunction function, MemorySegment a, MemorySegment b, MemorySegment c, long n) throws OrtFailure {
        try {
            check((MemorySegment) PPPL.invokeExact(at(function), a, b, c, n));
        } catch (Throwable e) {
            throw thrown(e);
        }
    }

    void call(OrtFunction function, MemorySegment a, long n, MemorySegment b) throws OrtFailure {
        try {
            check((MemorySegment) PLP.invokeExact(at(function), a, n, b));
        } catch (Throwable e) {
            throw thrown(e);
        }
    }

    void call(OrtFunction function, MemorySegment a, long n, MemorySegment b, MemorySegment c) throws OrtFailure {
        try {
            check((MemorySegment) PLPP.invokeExact(at(function), a, n, b, c));
        } catch (Throwable e) {
            throw thrown(e);
        }
    }

    void call(OrtFunction function, MemorySegment a, long m, long n, MemorySegment b) throws OrtFailure {
        try {
            check((MemorySegment) PLLP.invokeExact(at(function), a, m, n, b));
        } catch (Throwable e) {
            throw thrown(e);
        }
    }

    void call(OrtFunction function, int m, int n, MemorySegment a) throws OrtFailure {
        try {
            check((MemorySegment) IIP.invokeExact(at(function), m, n, a));
        } catch (Throwable e) {
            throw thrown(e);
        }
    }

    void call(OrtFunction function, int n, MemorySegment a, MemorySegment b) throws OrtFailure {
        try {
            check((MemorySegment) IPP.invokeExact(at(function), n, a, b));
        } catch (Throwable e) {
            throw thrown(e);
        }
    }

    void call(OrtFunction function, MemorySegment a, MemorySegment b, long m, int n, MemorySegment c)
            throws OrtFailure {
        try {
            check((MemorySegment) PPLIP.invokeExact(at(function), a, b, m, n, c));
        } catch (Throwable e) {
            throw thrown(e);
        }
    }

    void call(OrtFunction function, MemorySegment a, MemorySegment b, long m, MemorySegment c, long n)
            throws OrtFailure {
        try {
            check((MemorySegment) PPLPL.invokeExact(at(function), a, b, m, c, n));
        } catch (Throwable e) {
            throw thrown(e);
        }
    }

    void call(OrtFunction function, MemorySegment a, MemorySegment b, long m, MemorySegment c, long n, int o,
            MemorySegment d) throws OrtFailure {
        try {
            check((MemorySegment) PPLPLIP.invokeExact(at(function), a, b, m, c, n, o, d));
        } catch (Throwable e) {
            throw thrown(e);
        }
    }

    void call(OrtFunction function, MemorySegment a, MemorySegment b, MemorySegment c, MemorySegment d, long m,
            MemorySegment e, long n, MemorySegment f) throws OrtFailure {
        try {
            check((MemorySegment) PPPPLPLP.invokeExact(at(function), a, b, c, d, m, e, n, f));
        } catch (Throwable failure) {
            throw thrown(failure);
        }
    }

    /// The same of any function that answers with a status, called by `thread`.
    ///
    /// @param arguments whole numbers and the addresses of pointers
    void callOn(IdleThread thread, OrtFunction function, long... arguments) throws OrtFailure {
        check(MemorySegment.ofAddress(thread.call(at(function), arguments)));
    }

    /// Calls a function that answers yes or no.
    boolean ask(OrtFunction function, MemorySegment a) {
        try {
            return (boolean) BOOLEAN_OF_P.invokeExact(at(function), a);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    void call(OrtFunction function, MemorySegment a, int m, int n, int o, MemorySegment b) throws OrtFailure {
        try {
            check((MemorySegment) PIIIP.invokeExact(at(function), a, m, n, o, b));
        } catch (Throwable e) {
            throw thrown(e);
        }
    }

    /// Calls one of the functions that answer with a pointer and not with a status.
    MemorySegment pointer(OrtFunction function, MemorySegment a, MemorySegment b) {
        try {
            return (MemorySegment) PP.invokeExact(at(function), a, b);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /// Calls one of the functions that free what others made.
    void release(OrtFunction function, MemorySegment a) {
        try {
            VOID_OF_P.invokeExact(at(function), a);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    private void check(MemorySegment status) throws OrtFailure {
        if (status.address() != 0) {
            throw failure(status);
        }
    }

    private OrtFailure failure(MemorySegment status) {
        try {
            int code = (int) INT_OF_P.invokeExact(at(OrtFunction.GET_ERROR_CODE), status);
            MemorySegment text = (MemorySegment) P.invokeExact(at(OrtFunction.GET_ERROR_MESSAGE), status);
            return new OrtFailure(code, text.reinterpret(Long.MAX_VALUE).getString(0));
        } catch (Throwable e) {
            throw unexpected(e);
        } finally {
            release(OrtFunction.RELEASE_STATUS, status);
        }
    }

    private static RuntimeException thrown(Throwable e) throws OrtFailure {
        if (e instanceof OrtFailure failure) {
            throw failure;
        }
        return unexpected(e);
    }

    private static RuntimeException unexpected(Throwable e) {
        return switch (e) {
            case RuntimeException known -> known;
            case Error error -> throw error;
            default -> new IllegalStateException(e);
        };
    }
}
