package dev.understudy.batch;

import dev.understudy.infer.InferenceRequest;
import dev.understudy.infer.Timings;
import dev.understudy.runtime.OrtInstance;
import dev.understudy.runtime.RawOutput;
import dev.understudy.runtime.RunFailedException;
import dev.understudy.runtime.Signature;
import dev.understudy.tensor.DataType;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.Tensor;
import dev.understudy.tensor.TensorSpec;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Runs requests together: gathers their rows into the instance's staging memory, runs, and scatters the outputs. One copy
/// in, one copy out. Not thread-safe; owned by its instance's thread.
///
/// Requests must have been checked against the instance's signature, and must join ([#joins]). A batch that fails, or
/// whose outputs cannot be split into its rows, is run again request by request, so that no request pays for another.
public final class BatchRunner {
    private final OrtInstance instance;
    private final Consumer<Timings> onRun;
    /// Runs that the last requests took.
    private int attempts;

    /// A runner for `instance`.
    ///
    /// @param onRun told of every run that succeeded, once, however many requests shared it
    public BatchRunner(OrtInstance instance, Consumer<Timings> onRun) {
        this.instance = instance;
        this.onRun = onRun;
    }

    /// True when the two requests may share a run: only the inputs every request needs, since one that may be left out need
    /// not have rows; dimensions behind the first are equal; and within each request as many rows of every input, else one
    /// request's rows would meet another's.
    ///
    /// @param signature what both have been checked against
    public static boolean joins(Signature signature, InferenceRequest first, InferenceRequest next) {
        int required = signature.requiredInputs();
        if (first.inputs().size() != required || next.inputs().size() != required) {
            return false;
        }
        for (Tensor input : first.inputs()) {
            Tensor other = find(next, input.name());
            if (other == null || other.datatype() != input.datatype() || !input.shape().sameRowShape(other.shape())
                    || input.shape().dim(0) != first.rows() || other.shape().dim(0) != next.rows()) {
                return false;
            }
        }
        return true;
    }

    /// One outcome a request, in order.
    public List<RunOutcome> run(List<InferenceRequest> requests) {
        attempts = 0;
        if (requests.size() == 1) {
            return List.of(runOne(requests.getFirst()));
        }
        long start = System.nanoTime();
        try {
            return runTogether(requests);
        } catch (RunFailedException e) {
            if (e.cancelled()) {
                RunOutcome cancelled = new RunOutcome.Failed(e.reason(), true, System.nanoTime() - start);
                return requests.stream().map(request -> cancelled).toList();
            }
        }
        List<RunOutcome> outcomes = new ArrayList<>(requests.size());
        for (InferenceRequest request : requests) {
            outcomes.add(runOne(request));
        }
        return outcomes;
    }

    private RunOutcome runOne(InferenceRequest request) {
        long start = System.nanoTime();
        try {
            return runTogether(List.of(request)).getFirst();
        } catch (RunFailedException e) {
            return new RunOutcome.Failed(e.reason(), e.cancelled(), System.nanoTime() - start);
        }
    }

    /// What the last requests took of a GPU together; empty on the processors, and where it took more than one run.
    public OptionalLong deviceNanos() {
        return attempts == 1 ? instance.deviceNanos() : OptionalLong.empty();
    }

    private List<RunOutcome> runTogether(List<InferenceRequest> requests) throws RunFailedException {
        attempts++;
        long start = System.nanoTime();
        long rows = 0;
        for (InferenceRequest request : requests) {
            rows += rows(request);
        }
        gather(requests, rows);
        long gathered = System.nanoTime();
        List<RawOutput> outputs = instance.run();
        long ran = System.nanoTime();
        List<List<Tensor>> scattered = scatter(requests, rows, outputs);
        Timings timings = new Timings(0, gathered - start, ran - gathered, System.nanoTime() - ran, rows);
        onRun.accept(timings);
        List<RunOutcome> outcomes = new ArrayList<>(requests.size());
        for (List<Tensor> own : scattered) {
            outcomes.add(new RunOutcome.Answered(own, timings));
        }
        return outcomes;
    }

    /// The rows of the first input that every request needs, in the model's order: one that may be left out need not have
    /// rows. Requests that share a run have as many of every input.
    private long rows(InferenceRequest request) {
        for (TensorSpec spec : instance.signature().inputs()) {
            Tensor input = spec.optional() ? null : find(request, spec.name());
            if (input != null) {
                return input.shape().rank() == 0 ? 1 : input.shape().dim(0);
            }
        }
        return 1;
    }

    private void gather(List<InferenceRequest> requests, long rows) throws RunFailedException {
        List<TensorSpec> specs = instance.signature().inputs();
        for (int i = 0; i < specs.size(); i++) {
            String name = specs.get(i).name();
            Tensor first = find(requests.getFirst(), name);
            if (first == null && specs.get(i).optional()) {
                instance.omit(i);
                continue;
            }
            List<MemorySegment> parts = new ArrayList<>(requests.size());
            for (InferenceRequest request : requests) {
                parts.add(require(request, name).data());
            }
            Shape own = require(requests.getFirst(), name).shape();
            Shape shape = requests.size() == 1 ? own : own.withRows(rows);
            if (specs.get(i).datatype() == DataType.BYTES) {
                instance.stageStrings(i, shape, parts);
            } else {
                copy(parts, instance.stage(i, shape));
            }
        }
    }

    private static void copy(List<MemorySegment> parts, MemorySegment staging) {
        long offset = 0;
        for (MemorySegment part : parts) {
            MemorySegment.copy(part, 0, staging, offset, part.byteSize());
            offset += part.byteSize();
        }
    }

    private static List<List<Tensor>> scatter(List<InferenceRequest> requests, long rows, List<RawOutput> outputs)
            throws RunFailedException {
        List<List<Tensor>> scattered = new ArrayList<>(requests.size());
        if (requests.size() == 1) {
            List<Tensor> own = new ArrayList<>(outputs.size());
            for (RawOutput output : outputs) {
                own.add(copy(output, output.shape(), 0, output.data().byteSize()));
            }
            scattered.add(own);
            return scattered;
        }
        for (RawOutput output : outputs) {
            if (output.shape().rank() == 0 || output.shape().dim(0) != rows) {
                throw new RunFailedException("output '" + output.name() + "' cannot be split into rows", false);
            }
        }
        long[] offsets = new long[outputs.size()];
        for (InferenceRequest request : requests) {
            List<Tensor> own = new ArrayList<>(outputs.size());
            for (int i = 0; i < offsets.length; i++) {
                Shape shape = outputs.get(i).shape().withRows(request.rows());
                long bytes = bytes(outputs.get(i), offsets[i], shape);
                own.add(copy(outputs.get(i), shape, offsets[i], bytes));
                offsets[i] += bytes;
            }
            scattered.add(own);
        }
        return scattered;
    }

    /// What the elements of a tensor of this shape take that begin at `offset`.
    private static long bytes(RawOutput output, long offset, Shape shape) {
        return output.datatype() == DataType.BYTES
                ? Tensor.endOfStrings(output.data(), offset, shape.elements()) - offset
                : shape.elements() * output.datatype().byteSize();
    }

    private static Tensor copy(RawOutput output, Shape shape, long offset, long bytes) {
        if (output.datatype() == DataType.BYTES && bytes == output.data().byteSize()) {
            return new Tensor(output.name(), output.datatype(), shape, output.data());
        }
        MemorySegment own = MemorySegment.ofArray(new byte[Math.toIntExact(bytes)]);
        MemorySegment.copy(output.data(), offset, own, 0, bytes);
        return new Tensor(output.name(), output.datatype(), shape, own);
    }

    private static Tensor require(InferenceRequest request, String name) throws RunFailedException {
        Tensor tensor = find(request, name);
        if (tensor == null) {
            throw new RunFailedException("input '" + name + "' is missing", false);
        }
        return tensor;
    }

    private static @Nullable Tensor find(InferenceRequest request, String name) {
        for (Tensor input : request.inputs()) {
            if (input.name().equals(name)) {
                return input;
            }
        }
        return null;
    }
}
