package dev.understudy.runtime;

import dev.understudy.ffm.cuda.CudaFailure;
import dev.understudy.ffm.ort.Invocation;
import dev.understudy.ffm.ort.OrtFailure;
import dev.understudy.tensor.DataType;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.TensorSpec;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The runs of one session, on what was staged. Not thread-safe, except for [#cancelOlderThan]; owned by its instance's
/// thread.
///
/// A wrong pinned shape fails the run, so a run that fails as one does is repeated without pins, and if that succeeds they
/// stay away for good.
///
/// The first run that succeeds on a stream is done twice more, to prove that it is on that stream. A session of which that
/// turns out to be false runs no more, for then nothing keeps it off the other lane.
final class Execution {
    private static final String SIZE_MISMATCH = "Tensor size mismatch";

    private final Invocation invocation;
    private final @Nullable StreamPlace stream;
    private final Signature signature;
    private final StagedInputs inputs;
    private final PinnedOutputs pins;
    private final RunLimit limit;
    /// The stream while it is to be proven; else null.
    private @Nullable StreamPlace unproven;
    private String doubt = "";

    /// @param stream where the session runs; null on the processors
    /// @param onGpu  whether anything of it runs on the GPU, so that there is something to prove
    Execution(Invocation invocation, @Nullable StreamPlace stream, boolean onGpu, Signature signature,
            StagedInputs inputs, PinnedOutputs pins) {
        this.invocation = invocation;
        this.stream = stream;
        this.unproven = onGpu ? stream : null;
        this.signature = signature;
        this.inputs = inputs;
        this.pins = pins;
        this.limit = new RunLimit(invocation);
    }

    /// The outputs, in the order of the signature.
    List<RawOutput> run() throws RunFailedException {
        try {
            StreamPlace toProve = unproven;
            return toProve == null ? runPinned() : runProving(toProve);
        } finally {
            inputs.dropStrings();
        }
    }

    /// Why a run that succeeded is not known to have been on its stream; empty where it is, or where none has succeeded.
    String doubt() {
        return doubt;
    }

    private List<RawOutput> runProving(StreamPlace place) throws RunFailedException {
        if (doubt.isEmpty()) {
            // The first run loads kernels; how long one takes shows only in the second.
            List<RawOutput> unused = runPinned();
            unused = runPinned();
            try {
                if (place.carries(this::runBare, place.lastNanos())) {
                    unproven = null;
                    return outputs();
                }
                doubt = "ONNX Runtime does not run it on the CUDA stream it was given";
            } catch (CudaFailure e) {
                DeviceHealth.check();
                doubt = "the GPU's driver refuses what it needs: " + e.getMessage();
            } catch (OrtFailure e) {
                throw new RunFailedException(OrtErrors.text(e), false);
            }
        }
        throw new RunFailedException(doubt, false);
    }

    /// One run that is neither timed nor waited for beyond what ONNX Runtime itself waits for.
    private void runBare() throws RunFailedException {
        try {
            pins.bind(inputs.rows());
            invocation.run();
        } catch (OrtFailure e) {
            DeviceHealth.check();
            throw new RunFailedException(OrtErrors.text(e), false);
        }
    }

    private List<RawOutput> runPinned() throws RunFailedException {
        try {
            return runOnce();
        } catch (OrtFailure e) {
            DeviceHealth.check();
            if (!pins.any() || !mayBePins(e)) {
                throw new RunFailedException(OrtErrors.text(e), false);
            }
        }
        List<Integer> suspects = pins.unpinAll();
        try {
            return runOnce();
        } catch (OrtFailure e) {
            DeviceHealth.check();
            suspects.forEach(pins::pin);
            throw new RunFailedException(OrtErrors.text(e), false);
        } catch (RunFailedException e) {
            suspects.forEach(pins::pin);
            throw e;
        }
    }

    /// On the processors a wrong pinned shape is an invalid argument; on a GPU it is found only when the output is copied out,
    /// and then it is a failure that only its text tells from others.
    private boolean mayBePins(OrtFailure e) {
        return e.isInvalidArgument() || (stream != null && e.text().contains(SIZE_MISMATCH));
    }

    private List<RawOutput> runOnce() throws OrtFailure, RunFailedException {
        pins.bind(inputs.rows());
        limit.begin();
        try {
            runPlaced();
        } catch (OrtFailure e) {
            if (limit.end()) {
                throw new RunFailedException("the run was cancelled", true);
            }
            throw e;
        }
        limit.end();
        return outputs();
    }

    /// Runs where it was placed.
    ///
    /// @throws DeviceLostException when the GPU can do nothing more for this process
    private void runPlaced() throws OrtFailure, RunFailedException {
        if (stream == null) {
            invocation.run();
            return;
        }
        try {
            stream.begin();
            invocation.run();
            stream.end();
        } catch (OrtFailure e) {
            // What it had enqueued may still write into our memory.
            stream.settle();
            throw e;
        } catch (CudaFailure e) {
            limit.end();
            stream.settle();
            DeviceHealth.check();
            throw new RunFailedException(String.valueOf(e.getMessage()), false);
        }
    }

    private List<RawOutput> outputs() throws OrtFailure {
        List<RawOutput> outputs = new ArrayList<>(signature.outputs().size());
        for (int i = 0; i < signature.outputs().size(); i++) {
            RawOutput output = pins.read(i, inputs.rows());
            outputs.add(output != null ? output : read(i));
        }
        return outputs;
    }

    private RawOutput read(int output) throws OrtFailure {
        TensorSpec spec = signature.outputs().get(output);
        Shape shape = Shape.of(invocation.shape(output));
        MemorySegment data = spec.datatype() == DataType.BYTES
                ? invocation.strings(output, Math.toIntExact(shape.elements()))
                : invocation.data(output, Math.multiplyExact(shape.elements(), spec.datatype().byteSize()));
        return new RawOutput(spec.name(), spec.datatype(), shape, data);
    }

    /// Cancels the run in progress, if any, when it has lasted longer than this. Thread-safe.
    void cancelOlderThan(long ageNanos) {
        limit.cancelOlderThan(ageNanos);
    }
}
