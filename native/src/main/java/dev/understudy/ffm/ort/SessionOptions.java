package dev.understudy.ffm.ort;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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

    /// What such a setting was set to; empty where it was not.
    public Optional<String> entry(String key) throws OrtFailure {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocateFrom(key);
            MemorySegment has = arena.allocate(JAVA_INT);
            api.table.call(OrtFunction.HAS_SESSION_CONFIG_ENTRY, pointer, name, has);
            if (has.get(JAVA_INT, 0) == 0) {
                return Optional.empty();
            }
            // Asked without room it says how much it needs.
            MemorySegment size = arena.allocate(JAVA_LONG);
            api.table.call(OrtFunction.GET_SESSION_CONFIG_ENTRY, pointer, name, MemorySegment.NULL, size);
            MemorySegment text = arena.allocate(size.get(JAVA_LONG, 0));
            api.table.call(OrtFunction.GET_SESSION_CONFIG_ENTRY, pointer, name, text, size);
            return Optional.of(text.getString(0));
        }
    }

    /// Has the session's operators run by ONNX Runtime's CUDA provider, as far as it knows them.
    ///
    /// @param settings the provider's own keys and values; set in one go, since each setting of some resets all others
    /// @return every setting of the provider as it has them now, `key=value` each
    /// @throws OrtFailure when this library was built without CUDA, or CUDA's libraries are not to be had
    public List<String> cuda(Map<String, String> settings) throws OrtFailure {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ADDRESS);
            api.table.call(OrtFunction.CREATE_CUDA_PROVIDER_OPTIONS, out);
            MemorySegment provider = out.get(ADDRESS, 0);
            try {
                MemorySegment keys = arena.allocate(ADDRESS, settings.size());
                MemorySegment values = arena.allocate(ADDRESS, settings.size());
                int count = 0;
                for (Map.Entry<String, String> setting : settings.entrySet()) {
                    keys.setAtIndex(ADDRESS, count, arena.allocateFrom(setting.getKey()));
                    values.setAtIndex(ADDRESS, count++, arena.allocateFrom(setting.getValue()));
                }
                api.table.call(OrtFunction.UPDATE_CUDA_PROVIDER_OPTIONS, provider, keys, values, settings.size());
                api.table.call(OrtFunction.SESSION_OPTIONS_APPEND_EXECUTION_PROVIDER_CUDA_V2, pointer, provider);
                api.table.call(OrtFunction.GET_CUDA_PROVIDER_OPTIONS_AS_STRING, provider, api.allocator, out);
                MemorySegment text = out.get(ADDRESS, 0);
                List<String> set = List.of(TypeReader.text(text).split(";"));
                api.table.call(OrtFunction.ALLOCATOR_FREE, api.allocator, text);
                return set;
            } finally {
                api.table.release(OrtFunction.RELEASE_CUDA_PROVIDER_OPTIONS, provider);
            }
        }
    }

    @Override
    public void close() {
        api.table.release(OrtFunction.RELEASE_SESSION_OPTIONS, pointer);
    }
}
