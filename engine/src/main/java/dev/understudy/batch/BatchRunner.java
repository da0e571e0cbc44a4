package dev.understudy.batch;

import dev.understudy.infer.InferenceRequest;
import dev.understudy.infer.Timings;
import dev.understudy.runtime.OrtInstance;
import dev.understudy.runtime.OrtStrings;
import dev.understudy.runtime.RawOutput;
import dev.understudy.runtime.RunFailedException;
import dev.understudy.tensor.DataType;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.Tensor;
import dev.understudy.tensor.TensorSpec;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
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

    /// A runner for `instance`.
    ///
    /// @param onRun told of every run that succeeded, once, however many requests shared it
    public BatchRunner(OrtInstance instance, Consumer<Timings> onRun) {
        this.instance = instance;
        this.onRun = onRun;
    }

    /// True when the two requests may share a run: the same inputs, whose dimensions behind the first are equal, and within
    /// each request as many rows of every input, else one request's rows would meet another's.
    public static boolean joins(InferenceRequest first, InferenceRequest next) {
        if (first.inputs().size() != next.inputs().size()) {
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

    private List<RunOutcome> runTogether(List<InferenceRequest> requests) throws RunFailedException {
        long start = System.nanoTime();
        long rows = 0;
        for (InferenceRequest request : requests) {
            rows += request.rows();
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

    private void gather(List<InferenceRequest> requests, long rows) throws RunFailedException {
        List<TensorSpec> specs = instance.signature().inputs();
        for (int i = 0; i < specs.size(); i++) {
            String name = specs.get(i).name();
            Tensor first = require(requests.getFirst(), name);
            Shape shape = requests.size() == 1 ? first.shape() : first.shape().withRows(rows);
            if (first.datatype() == DataType.BYTES) {
                instance.stageStrings(i, shape, strings(requests, name));
                continue;
            }
            MemorySegment staging = instance.stage(i, shape);
            long offset = 0;
            for (InferenceRequest request : requests) {
                MemorySegment data = require(request, name).data();
                MemorySegment.copy(data, 0, staging, offset, data.byteSize());
                offset += data.byteSize();
            }
        }
    }

    private static String[] strings(List<InferenceRequest> requests, String name) throws RunFailedException {
        List<String> all = new ArrayList<>();
        for (InferenceRequest request : requests) {
            all.addAll(List.of(OrtStrings.decode(require(request, name))));
        }
        return all.toArray(String[]::new);
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
            if (output.shape().rank() == 0 || output.shape().dim(0) != rows || output.datatype() == DataType.BYTES) {
                throw new RunFailedException("output '" + output.name() + "' cannot be split into rows", false);
            }
        }
        long row = 0;
        for (InferenceRequest request : requests) {
            List<Tensor> own = new ArrayList<>(outputs.size());
            for (RawOutput output : outputs) {
                long rowBytes = rows == 0 ? 0 : output.data().byteSize() / rows;
                own.add(copy(output, output.shape().withRows(request.rows()), row * rowBytes,
                        request.rows() * rowBytes));
            }
            scattered.add(own);
            row += request.rows();
        }
        return scattered;
    }

    private static Tensor copy(RawOutput output, Shape shape, long offset, long bytes) {
        if (output.onHeap() && bytes == output.data().byteSize()) {
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
