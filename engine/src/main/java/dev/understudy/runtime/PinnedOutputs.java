package dev.understudy.runtime;

import dev.understudy.ffm.ort.Invocation;
import dev.understudy.ffm.ort.OrtApi;
import dev.understudy.ffm.ort.OrtFailure;
import dev.understudy.tensor.DataType;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.TensorSpec;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The outputs that a session writes into memory of ours. Not thread-safe; owned by the instance's thread.
final class PinnedOutputs implements AutoCloseable {
    private final OrtApi api;
    private final HostMemory source;
    private final Invocation invocation;
    private final Signature signature;
    private final @Nullable Staging[] memory;

    PinnedOutputs(OrtApi api, HostMemory source, Invocation invocation, Signature signature) {
        this.api = api;
        this.source = source;
        this.invocation = invocation;
        this.signature = signature;
        this.memory = new @Nullable Staging[signature.outputs().size()];
    }

    void pin(int output) {
        TensorSpec spec = signature.outputs().get(output);
        // An output that is an input too would be left unwritten: ONNX Runtime gives the input itself.
        boolean passedThrough = signature.input(spec.name()) != null;
        if (spec.datatype() != DataType.BYTES && !passedThrough && memory[output] == null) {
            memory[output] = new Staging(api, source, spec.datatype());
        }
    }

    boolean isPinned(int output) {
        return memory[output] != null;
    }

    boolean any() {
        for (Staging staging : memory) {
            if (staging != null) {
                return true;
            }
        }
        return false;
    }

    /// Has the next run, of this many rows, write what is pinned.
    void bind(long rows) throws OrtFailure {
        for (int i = 0; i < memory.length; i++) {
            Staging staging = memory[i];
            if (staging != null) {
                invocation.pin(i, staging.bind(shape(i, rows)));
            }
        }
    }

    /// What a run of this many rows wrote; null for an output that is not pinned.
    @Nullable
    RawOutput read(int output, long rows) {
        Staging staging = memory[output];
        if (staging == null) {
            return null;
        }
        TensorSpec spec = signature.outputs().get(output);
        Shape shape = shape(output, rows);
        return new RawOutput(spec.name(), spec.datatype(), shape, staging.memory(shape));
    }

    private Shape shape(int output, long rows) {
        Shape shape = signature.outputs().get(output).shape();
        return shape.isConcrete() ? shape : shape.withRows(rows);
    }

    /// Leaves all outputs to ONNX Runtime, and returns those that were pinned.
    List<Integer> unpinAll() {
        List<Integer> unpinned = new ArrayList<>();
        for (int i = 0; i < memory.length; i++) {
            Staging staging = memory[i];
            if (staging != null) {
                invocation.unpin(i);
                memory[i] = null;
                staging.close();
                unpinned.add(i);
            }
        }
        return unpinned;
    }

    @Override
    public void close() {
        unpinAll();
    }
}
