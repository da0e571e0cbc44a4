package dev.understudy.ffm.ort;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.understudy.ffm.IdleThread;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A loaded model. Not thread-safe; owned by the thread that loaded it. To be closed after its [Invocation]s.
///
/// What computes, loading and running, is done by the owning thread, or by an [IdleThread] for which it waits; the
/// session's pool threads inherit the scheduling class of the one that loads.
public final class Session implements AutoCloseable {
    final OrtApi api;
    final MemorySegment pointer;
    /// Who runs it; null for the owning thread.
    final @Nullable IdleThread thread;
    private final Arena names = Arena.ofConfined();
    private final List<ValueInfo> inputs = new ArrayList<>();
    private final List<ValueInfo> outputs = new ArrayList<>();
    /// The names as ONNX Runtime gave them, byte for byte.
    private final List<MemorySegment> inputNames = new ArrayList<>();
    private final List<MemorySegment> outputNames = new ArrayList<>();

    /// Loads a model file.
    ///
    /// @param thread loads and runs it, and must outlive the session; null for the calling thread
    /// @throws OrtFailure when ONNX Runtime refuses it
    public Session(OrtApi api, Path model, SessionOptions options, @Nullable IdleThread thread) throws OrtFailure {
        this.api = api;
        this.thread = thread;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ADDRESS);
            MemorySegment path = arena.allocateFrom(model.toString());
            if (thread == null) {
                api.table.call(OrtFunction.CREATE_SESSION, api.environment, path, options.pointer, out);
            } else {
                api.table.callOn(thread, OrtFunction.CREATE_SESSION, api.environment.address(), path.address(),
                        options.pointer.address(), out.address());
            }
            pointer = out.get(ADDRESS, 0);
            try {
                readSignature(arena);
            } catch (OrtFailure | RuntimeException e) {
                close();
                throw e;
            }
        }
    }

    private void readSignature(Arena arena) throws OrtFailure {
        read(arena, OrtFunction.SESSION_GET_INPUT_COUNT, OrtFunction.SESSION_GET_INPUT_NAME,
                OrtFunction.SESSION_GET_INPUT_TYPE_INFO, false, inputs, inputNames);
        read(arena, OrtFunction.SESSION_GET_OVERRIDABLE_INITIALIZER_COUNT,
                OrtFunction.SESSION_GET_OVERRIDABLE_INITIALIZER_NAME,
                OrtFunction.SESSION_GET_OVERRIDABLE_INITIALIZER_TYPE_INFO, true, inputs, inputNames);
        read(arena, OrtFunction.SESSION_GET_OUTPUT_COUNT, OrtFunction.SESSION_GET_OUTPUT_NAME,
                OrtFunction.SESSION_GET_OUTPUT_TYPE_INFO, false, outputs, outputNames);
    }

    private void read(Arena arena, OrtFunction countOf, OrtFunction nameOf, OrtFunction typeOf, boolean hasDefault,
            List<ValueInfo> infos, List<MemorySegment> cNames) throws OrtFailure {
        MemorySegment out = arena.allocate(ADDRESS);
        api.table.call(countOf, pointer, out);
        long count = out.get(JAVA_LONG, 0);
        TypeReader types = new TypeReader(api.table, arena);
        for (long i = 0; i < count; i++) {
            api.table.call(nameOf, pointer, i, api.allocator, out);
            MemorySegment name = kept(out.get(ADDRESS, 0));
            api.table.call(typeOf, pointer, i, out);
            infos.add(new ValueInfo(name.getString(0, StandardCharsets.UTF_8), types.read(out.get(ADDRESS, 0)),
                    hasDefault));
            cNames.add(name);
        }
    }

    /// A copy of a C string that ONNX Runtime made for us; its own is freed.
    @SuppressWarnings("restricted")
    private MemorySegment kept(MemorySegment string) throws OrtFailure {
        MemorySegment endless = string.reinterpret(Long.MAX_VALUE);
        long length = 0;
        while (endless.get(JAVA_BYTE, length) != 0) {
            length++;
        }
        MemorySegment copy = names.allocate(length + 1);
        MemorySegment.copy(endless, 0, copy, 0, length);
        api.table.call(OrtFunction.ALLOCATOR_FREE, api.allocator, string);
        return copy;
    }

    /// What it takes: first the graph's inputs, then those it has values for.
    public List<ValueInfo> inputs() {
        return List.copyOf(inputs);
    }

    /// What it gives.
    public List<ValueInfo> outputs() {
        return List.copyOf(outputs);
    }

    /// The operators that each execution provider runs, as often as it runs them. Empty unless the session was made with the
    /// entry `session.record_ep_graph_assignment_info` = `1`.
    public Map<String, List<String>> operatorsByProvider() throws OrtFailure {
        Map<String, List<String>> operators = new TreeMap<>();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ADDRESS);
            MemorySegment count = arena.allocate(JAVA_LONG);
            for (MemorySegment part : array(OrtFunction.SESSION_GET_EP_GRAPH_ASSIGNMENT_INFO, pointer, out, count)) {
                api.table.call(OrtFunction.EP_ASSIGNED_SUBGRAPH_GET_EP_NAME, part, out);
                List<String> own = operators.computeIfAbsent(TypeReader.text(out.get(ADDRESS, 0)),
                        provider -> new ArrayList<>());
                for (MemorySegment node : array(OrtFunction.EP_ASSIGNED_SUBGRAPH_GET_NODES, part, out, count)) {
                    api.table.call(OrtFunction.EP_ASSIGNED_NODE_GET_OPERATOR_TYPE, node, out);
                    own.add(TypeReader.text(out.get(ADDRESS, 0)));
                }
            }
        }
        return operators;
    }

    /// The pointers of an array that ONNX Runtime owns.
    @SuppressWarnings("restricted")
    private MemorySegment[] array(OrtFunction function, MemorySegment of, MemorySegment out, MemorySegment count)
            throws OrtFailure {
        api.table.call(function, of, out, count);
        MemorySegment[] pointers = new MemorySegment[Math.toIntExact(count.get(JAVA_LONG, 0))];
        MemorySegment array = out.get(ADDRESS, 0).reinterpret(pointers.length * ADDRESS.byteSize());
        for (int i = 0; i < pointers.length; i++) {
            pointers[i] = array.getAtIndex(ADDRESS, i);
        }
        return pointers;
    }

    MemorySegment inputName(int input) {
        return inputNames.get(input);
    }

    MemorySegment outputName(int output) {
        return outputNames.get(output);
    }

    @Override
    public void close() {
        api.table.release(OrtFunction.RELEASE_SESSION, pointer);
        names.close();
    }
}
