package dev.understudy.ffm.ort;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.understudy.ffm.IdleThread;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;

/// The arguments of one session's runs, made once and used again for every run. Not thread-safe, except for [#terminate]
/// and [#resume]; owned by the session's thread. Inputs and outputs go by their places in the session's lists.
///
/// A run asks for all outputs. One that was [pinned][#pin] is written in place; the others are ONNX Runtime's, to be read
/// before the next run, which frees them.
@SuppressWarnings("restricted")
public final class Invocation implements AutoCloseable {
    private static final int SEVERITY_FATAL = 4;
    private static final ValueLayout.OfInt LENGTH = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Session session;
    private final OrtTable table;
    private final Arena arena = Arena.ofConfined();
    private final MemorySegment options;
    /// What is fed by place, NULL for what is not.
    private final MemorySegment[] feeds;
    /// What is pinned by place, NULL for what is not.
    private final MemorySegment[] pins;
    /// What the last run gave that was not pinned, NULL for the rest; ours to free.
    private final MemorySegment[] results;
    private final MemorySegment inputNames;
    private final MemorySegment inputValues;
    private final MemorySegment outputNames;
    private final MemorySegment outputValues;
    /// Where ONNX Runtime puts what it answers with: three words.
    private final MemorySegment out;

    /// Nothing is fed and nothing pinned.
    public Invocation(Session session) throws OrtFailure {
        this.session = session;
        this.table = session.api.table;
        this.feeds = nothing(session.inputs().size());
        this.pins = nothing(session.outputs().size());
        this.results = nothing(pins.length);
        this.inputNames = arena.allocate(ADDRESS, Math.max(1, feeds.length));
        this.inputValues = arena.allocate(ADDRESS, Math.max(1, feeds.length));
        this.outputNames = arena.allocate(ADDRESS, Math.max(1, pins.length));
        this.outputValues = arena.allocate(ADDRESS, Math.max(1, pins.length));
        this.out = arena.allocate(ADDRESS, 3);
        for (int i = 0; i < pins.length; i++) {
            outputNames.setAtIndex(ADDRESS, i, session.outputName(i));
        }
        table.call(OrtFunction.CREATE_RUN_OPTIONS, out);
        this.options = out.get(ADDRESS, 0);
        table.call(OrtFunction.RUN_OPTIONS_SET_RUN_LOG_SEVERITY_LEVEL, options, SEVERITY_FATAL);
    }

    private static MemorySegment[] nothing(int length) {
        MemorySegment[] values = new MemorySegment[length];
        Arrays.fill(values, MemorySegment.NULL);
        return values;
    }

    /// Feeds an input from now on. The tensor must outlive the runs until it is fed another or none.
    public void feed(int input, TensorValue tensor) {
        feeds[input] = tensor.pointer;
    }

    /// Feeds an input no longer.
    public void feedNothing(int input) {
        feeds[input] = MemorySegment.NULL;
    }

    /// Has an output written into this tensor from now on; a run whose output has another shape fails as one with an invalid
    /// argument. The tensor must outlive the runs until [#unpin].
    public void pin(int output, TensorValue tensor) {
        pins[output] = tensor.pointer;
    }

    /// Leaves it to ONNX Runtime again where to write an output.
    public void unpin(int output) {
        pins[output] = MemorySegment.NULL;
    }

    /// Runs the model on what is fed, and returns when it has ended.
    public void run() throws OrtFailure {
        freeResults();
        int fed = 0;
        for (int i = 0; i < feeds.length; i++) {
            if (feeds[i].address() != 0) {
                inputNames.setAtIndex(ADDRESS, fed, session.inputName(i));
                inputValues.setAtIndex(ADDRESS, fed, feeds[i]);
                fed++;
            }
        }
        for (int i = 0; i < pins.length; i++) {
            outputValues.setAtIndex(ADDRESS, i, pins[i]);
        }
        run(fed);
        for (int i = 0; i < pins.length; i++) {
            if (pins[i].address() == 0) {
                results[i] = outputValues.getAtIndex(ADDRESS, i);
            }
        }
    }

    private void run(int fed) throws OrtFailure {
        IdleThread thread = session.thread;
        if (thread == null) {
            table.call(OrtFunction.RUN, session.pointer, options, inputNames, inputValues, fed, outputNames,
                    pins.length, outputValues);
        } else {
            table.callOn(thread, OrtFunction.RUN, session.pointer.address(), options.address(), inputNames.address(),
                    inputValues.address(), fed, outputNames.address(), pins.length, outputValues.address());
        }
    }

    private void freeResults() {
        for (int i = 0; i < results.length; i++) {
            if (results[i].address() != 0) {
                table.release(OrtFunction.RELEASE_VALUE, results[i]);
                results[i] = MemorySegment.NULL;
            }
        }
    }

    /// The shape of an output of the last run that was not pinned.
    public long[] shape(int output) throws OrtFailure {
        table.call(OrtFunction.GET_TENSOR_ELEMENT_TYPE_AND_SHAPE_DATA_REFERENCE, results[output], out,
                out.asSlice(ADDRESS.byteSize()), out.asSlice(2 * ADDRESS.byteSize()));
        long rank = out.getAtIndex(JAVA_LONG, 2);
        return rank == 0
                ? new long[0]
                : out.getAtIndex(ADDRESS, 1).reinterpret(rank * JAVA_LONG.byteSize()).toArray(JAVA_LONG);
    }

    /// The elements of such an output, where ONNX Runtime wrote them. Not for strings.
    public MemorySegment data(int output, long bytes) throws OrtFailure {
        table.call(OrtFunction.GET_TENSOR_MUTABLE_DATA, results[output], out);
        return out.get(ADDRESS, 0).reinterpret(bytes);
    }

    /// A copy on the heap of such an output of strings, each behind its length of 4 little-endian bytes.
    public MemorySegment strings(int output, int elements) throws OrtFailure {
        if (elements == 0) {
            return MemorySegment.ofArray(new byte[0]);
        }
        table.call(OrtFunction.GET_STRING_TENSOR_DATA_LENGTH, results[output], out);
        long bytes = out.get(JAVA_LONG, 0);
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment text = scratch.allocate(Math.max(1, bytes));
            MemorySegment begins = scratch.allocate(JAVA_LONG, elements);
            table.call(OrtFunction.GET_STRING_TENSOR_CONTENT, results[output], text, bytes, begins, elements);
            MemorySegment strings = MemorySegment
                    .ofArray(new byte[Math.toIntExact(bytes + elements * LENGTH.byteSize())]);
            long at = 0;
            for (int i = 0; i < elements; i++) {
                long begin = begins.getAtIndex(JAVA_LONG, i);
                long length = (i + 1 < elements ? begins.getAtIndex(JAVA_LONG, i + 1) : bytes) - begin;
                strings.set(LENGTH, at, (int) length);
                MemorySegment.copy(text, begin, strings, at + LENGTH.byteSize(), length);
                at += LENGTH.byteSize() + length;
            }
            return strings;
        }
    }

    /// Makes the run in progress fail at its next node, and every one after it until [#resume]. Thread-safe.
    public void terminate() throws OrtFailure {
        table.call(OrtFunction.RUN_OPTIONS_SET_TERMINATE, options);
    }

    /// Lets runs succeed again. Thread-safe.
    public void resume() throws OrtFailure {
        table.call(OrtFunction.RUN_OPTIONS_UNSET_TERMINATE, options);
    }

    @Override
    public void close() {
        freeResults();
        table.release(OrtFunction.RELEASE_RUN_OPTIONS, options);
        arena.close();
    }
}
