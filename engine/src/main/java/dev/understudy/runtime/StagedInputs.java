package dev.understudy.runtime;

import dev.understudy.ffm.ort.Invocation;
import dev.understudy.ffm.ort.OrtApi;
import dev.understudy.ffm.ort.OrtFailure;
import dev.understudy.ffm.ort.TensorValue;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.TensorSpec;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What is fed to an instance's next run. Not thread-safe; owned by the instance's thread.
final class StagedInputs implements AutoCloseable {
    private final OrtApi api;
    private final Invocation invocation;
    private final List<TensorSpec> specs;
    private final Staging[] memory;
    /// Strings fed to the next run, which is their only one.
    private final @Nullable TensorValue[] strings;
    private final int rowsInput;
    private long rows = 1;

    StagedInputs(OrtApi api, HostMemory source, Invocation invocation, List<TensorSpec> specs) {
        this.api = api;
        this.invocation = invocation;
        this.specs = specs;
        this.memory = new Staging[specs.size()];
        int firstRequired = -1;
        for (int i = 0; i < memory.length; i++) {
            memory[i] = new Staging(api, source, specs.get(i).datatype());
            firstRequired = firstRequired < 0 && !specs.get(i).optional() ? i : firstRequired;
        }
        this.rowsInput = firstRequired;
        this.strings = new @Nullable TensorValue[memory.length];
    }

    /// The first dimension of the first required input, 1 without one.
    long rows() {
        return rows;
    }

    MemorySegment stage(int input, Shape shape) throws RunFailedException {
        // Binding may free the tensor fed before.
        invocation.feedNothing(input);
        try {
            invocation.feed(input, memory[input].bind(shape));
        } catch (OrtFailure e) {
            throw refused(input, e);
        }
        noteRows(input, shape);
        return memory[input].memory(shape);
    }

    void stageStrings(int input, Shape shape, List<MemorySegment> parts) throws RunFailedException {
        drop(input);
        try {
            TensorValue tensor = TensorValue.ofStrings(api, parts, shape.toArray());
            strings[input] = tensor;
            invocation.feed(input, tensor);
        } catch (OrtFailure e) {
            throw refused(input, e);
        }
        noteRows(input, shape);
    }

    void omit(int input) {
        invocation.feedNothing(input);
    }

    /// Frees the strings of the run that has ended.
    void dropStrings() {
        for (int i = 0; i < strings.length; i++) {
            drop(i);
        }
    }

    private void drop(int input) {
        TensorValue tensor = strings[input];
        if (tensor != null) {
            invocation.feedNothing(input);
            strings[input] = null;
            tensor.close();
        }
    }

    private void noteRows(int input, Shape shape) {
        if (input == rowsInput) {
            rows = shape.rank() == 0 ? 1 : shape.dim(0);
        }
    }

    private RunFailedException refused(int input, OrtFailure e) {
        return new RunFailedException("input '" + specs.get(input).name() + "': " + OrtErrors.text(e), false);
    }

    @Override
    public void close() {
        dropStrings();
        for (Staging staging : memory) {
            staging.close();
        }
    }
}
