package dev.understudy.ffm.ort;

import static java.lang.foreign.ValueLayout.ADDRESS;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// How sessions are to be made. Not thread-safe; may be closed once the sessions are made. Says nothing on stderr.
public final class SessionOptions implements AutoCloseable {
    private static final int SEVERITY_FATAL = 4;

    private final OrtApi api;
    final MemorySegment pointer;

    /// ONNX Runtime's defaults, but silent.
    public SessionOptions(OrtApi api) throws OrtFailure {
        this.api = api;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ADDRESS);
            api.table.call(OrtFunction.CREATE_SESSION_OPTIONS, out);
            pointer = out.get(ADDRESS, 0);
        }
        api.table.call(OrtFunction.SET_SESSION_LOG_SEVERITY_LEVEL, pointer, SEVERITY_FATAL);
    }

    /// Threads that share the work of one operator, the caller's included.
    public void intraOpThreads(int threads) throws OrtFailure {
        api.table.call(OrtFunction.SET_INTRA_OP_NUM_THREADS, pointer, threads);
    }

    /// Threads that share the operators of one run, the caller's included.
    public void interOpThreads(int threads) throws OrtFailure {
        api.table.call(OrtFunction.SET_INTER_OP_NUM_THREADS, pointer, threads);
    }

    /// Any of the settings ONNX Runtime knows by key.
    public void entry(String key, String value) throws OrtFailure {
        try (Arena arena = Arena.ofConfined()) {
            api.table.call(OrtFunction.ADD_SESSION_CONFIG_ENTRY, pointer, arena.allocateFrom(key),
                    arena.allocateFrom(value));
        }
    }

    @Override
    public void close() {
        api.table.release(OrtFunction.RELEASE_SESSION_OPTIONS, pointer);
    }
}
