package dev.understudy.runtime;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;

/// The counters and faults of the make-believe CUDA in this process, by the names of its variables less `make_believe_`.
final class MakeBelieveDriver {
    private MakeBelieveDriver() {}

    static void set(String name, int value) {
        variable(name).set(ValueLayout.JAVA_INT, 0, value);
    }

    static int get(String name) {
        return variable(name).get(ValueLayout.JAVA_INT, 0);
    }

    @SuppressWarnings("restricted")
    private static MemorySegment variable(String name) {
        return SymbolLookup.libraryLookup("libcuda.so.1", Arena.global()).findOrThrow("make_believe_" + name)
                .reinterpret(ValueLayout.JAVA_INT.byteSize());
    }
}
