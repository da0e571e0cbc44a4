package dev.understudy.ffm;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.Locale;
import java.util.Optional;

/// Linux system calls, by their numbers, which are part of the kernel's interface and never change. Not by their wrappers in
/// the C library: some it lacks, and some it makes to speak of processes where the kernel speaks of threads. Thread-safe.
@SuppressWarnings("restricted")
enum SystemCall {
    MPROTECT(10, 226), //
    SETPRIORITY(141, 140), //
    SCHED_SETSCHEDULER(144, 119), //
    GETTID(186, 178), //
    MEMBARRIER(324, 283);

    /// Where the numbers hold.
    private enum Machine {
        X86_64, AARCH64, OTHER
    }

    private static final Machine MACHINE = machine();
    private static final Linker LINKER = Linker.nativeLinker();
    private static final FunctionDescriptor FOUR_WORDS = FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG,
            JAVA_LONG, JAVA_LONG);
    private static final Linker.Option VARIADIC = Linker.Option.firstVariadicArg(1);

    /// The handles, made when first needed: a system that is not Linux has no use for them.
    private static final class Handles {
        static final StructLayout STATE = Linker.Option.captureStateLayout();
        static final long ERRNO = STATE.byteOffset(MemoryLayout.PathElement.groupElement("errno"));
        static final MethodHandle CALL = LINKER.downcallHandle(address("syscall"), FOUR_WORDS, VARIADIC);
        static final MethodHandle CALL_WITH_ERRNO = LINKER.downcallHandle(address("syscall"), FOUR_WORDS, VARIADIC,
                Linker.Option.captureCallState("errno"));
        static final MethodHandle STRERROR = LINKER.downcallHandle(address("strerror"),
                FunctionDescriptor.of(ADDRESS, JAVA_INT));
    }

    private final int x86Number;
    private final int armNumber;

    SystemCall(int x86Number, int armNumber) {
        this.x86Number = x86Number;
        this.armNumber = armNumber;
    }

    private static Machine machine() {
        if (!System.getProperty("os.name", "").equals("Linux")) {
            return Machine.OTHER;
        }
        return switch (System.getProperty("os.arch", "").toLowerCase(Locale.ROOT)) {
            case "amd64", "x86_64" -> Machine.X86_64;
            case "aarch64" -> Machine.AARCH64;
            default -> Machine.OTHER;
        };
    }

    /// Why there are none here; empty where there are.
    static Optional<String> absence() {
        return MACHINE == Machine.OTHER ? Optional.of("needs Linux on x86-64 or aarch64") : Optional.empty();
    }

    static boolean onArm() {
        return MACHINE == Machine.AARCH64;
    }

    /// The address of a function of the C library.
    static MemorySegment address(String function) {
        SymbolLookup library = LINKER.defaultLookup();
        return library.findOrThrow(function);
    }

    long number() {
        return MACHINE == Machine.AARCH64 ? armNumber : x86Number;
    }

    /// Its result, or what it was refused with.
    Answer<Long> ask(long a, long b, long c) {
        Optional<String> absence = absence();
        if (absence.isPresent()) {
            return new Answer.Refused<>(absence.get());
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(Handles.STATE);
            long result = (long) Handles.CALL_WITH_ERRNO.invokeExact(state, number(), a, b, c);
            return result == -1
                    ? new Answer.Refused<>(
                            name().toLowerCase(Locale.ROOT) + ": " + text(state.get(JAVA_INT, Handles.ERRNO)))
                    : new Answer.Granted<>(result);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /// Its result, -1 when refused: for one that was granted before and is called often.
    long call(long a, long b, long c) {
        try {
            return (long) Handles.CALL.invokeExact(number(), a, b, c);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /// The C library's words for an error number: `Operation not permitted`.
    static String text(int errno) {
        try {
            return ((MemorySegment) Handles.STRERROR.invokeExact(errno)).reinterpret(Long.MAX_VALUE).getString(0);
        } catch (Throwable e) {
            throw unexpected(e);
        }
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
