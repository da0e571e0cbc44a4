package dev.understudy.runtime;

import dev.understudy.ffm.Answer;
import dev.understudy.ffm.IdleThread;
import dev.understudy.ffm.ort.Invocation;
import dev.understudy.ffm.ort.OrtApi;
import dev.understudy.ffm.ort.OrtFailure;
import dev.understudy.model.TensorDeclarations;
import dev.understudy.tensor.DataType;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.Tensor;
import dev.understudy.tensor.TensorSpec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/// One ONNX Runtime session with its staging memory. Not thread-safe; owned by the thread that loaded it, except for
/// [#cancel]. Where the session computes is another matter, which [#runsOn] tells; the owner waits for it.
///
/// Inputs are written straight into direct memory the session reads ([#stage]); outputs whose shapes a trial has proven
/// ([#pin]) are written by the session straight into direct memory too. Every other output is read where ONNX Runtime
/// wrote it. On a GPU that memory is pinned, and ONNX Runtime copies from and to it on the session's stream.
public final class OrtInstance implements AutoCloseable {
    static final String IDLE_THREAD_NAME = "understudy-idle";
    private static final String CUDA_PROVIDER = "CUDAExecutionProvider";

    private final PlacedSession placed;
    private final Signature signature;
    private final Invocation invocation;
    private final StagedInputs inputs;
    private final PinnedOutputs pins;
    private final Execution execution;

    /// Loads a session.
    private interface Loader {
        PlacedSession load(OrtApi api) throws OrtFailure;
    }

    private OrtInstance(OrtApi api, PlacedSession placed, Signature signature) throws OrtFailure {
        this.placed = placed;
        this.signature = signature;
        this.invocation = new Invocation(placed.session);
        try {
            HostMemory memory = placed.memory();
            this.inputs = new StagedInputs(api, memory, invocation, signature.inputs());
            this.pins = new PinnedOutputs(api, memory, invocation, signature);
            boolean onGpu = placed.stream() != null
                    && placed.session.operatorsByProvider().containsKey(CUDA_PROVIDER);
            this.execution = new Execution(invocation, placed.stream(), onGpu, signature, inputs, pins);
        } catch (OrtFailure | RuntimeException | Error e) {
            invocation.close();
            throw e;
        }
    }

    /// Loads a model of whose tensors nothing is declared.
    public static OrtInstance load(Path file, int intraOpThreads) throws ModelLoadException {
        return load(file, intraOpThreads, TensorDeclarations.NONE);
    }

    /// Loads a model on the calling thread, which also runs it, and whose scheduling class the session's own threads
    /// inherit.
    ///
    /// @param intraOpThreads threads of one run, the caller's included; at least 1
    /// @param declared       narrows the signature
    /// @throws ModelLoadException when ONNX Runtime refuses the file or its signature cannot be served
    public static OrtInstance load(Path file, int intraOpThreads, TensorDeclarations declared)
            throws ModelLoadException {
        return load(file, declared, api -> PlacedSession.onOwner(api, file, intraOpThreads));
    }

    /// The same on a thread of the idle scheduling class that the instance has for itself; where the system refuses that, on
    /// the calling thread. [#runsOn] tells which.
    public static OrtInstance loadIdle(Path file, int intraOpThreads, TensorDeclarations declared)
            throws ModelLoadException {
        return loadIdle(file, intraOpThreads, declared, () -> IdleThread.start(IDLE_THREAD_NAME));
    }

    /// The same with another way to get the thread.
    static OrtInstance loadIdle(Path file, int intraOpThreads, TensorDeclarations declared,
            Supplier<Answer<IdleThread>> threads) throws ModelLoadException {
        return load(file, declared, api -> PlacedSession.onIdleClass(api, file, intraOpThreads, threads));
    }

    /// The same to run on a GPU's stream, which the instance takes over. On a thread on which the GPU's context is current.
    ///
    /// @param provider the CUDA provider's settings, which name the stream
    static OrtInstance loadOnStream(Path file, TensorDeclarations declared, StreamPlace stream,
            Map<String, String> provider) throws ModelLoadException {
        return load(file, declared, api -> PlacedSession.onStream(api, file, stream, provider));
    }

    private static OrtInstance load(Path file, TensorDeclarations declared, Loader loader) throws ModelLoadException {
        try {
            OrtApi api = OrtNatives.api();
            PlacedSession placed = loader.load(api);
            try {
                return new OrtInstance(api, placed, OrtSignature.read(placed.session, declared));
            } catch (OrtFailure | ModelLoadException | RuntimeException | Error e) {
                placed.close();
                throw e;
            }
        } catch (OrtFailure e) {
            DeviceHealth.check();
            throw new ModelLoadException("ONNX Runtime cannot load it: " + OrtErrors.text(e, file));
        }
    }

    /// The operators that each of ONNX Runtime's execution providers runs, where it runs on a GPU; else empty.
    Map<String, List<String>> operatorsByProvider() throws ModelLoadException {
        try {
            return placed.stream() == null ? Map.of() : placed.session.operatorsByProvider();
        } catch (OrtFailure e) {
            throw new ModelLoadException("ONNX Runtime does not say where its operators run: " + OrtErrors.text(e));
        }
    }

    /// What the last run took of the GPU, in nanoseconds; empty on the processors.
    public OptionalLong deviceNanos() {
        StreamPlace stream = placed.stream();
        return stream == null ? OptionalLong.empty() : OptionalLong.of(stream.lastNanos());
    }

    /// Refuses an instance of which a run has succeeded, but not on the stream it was given. The first run that succeeds finds
    /// out; where it is a request's, because nothing that was tried before it suited the model, that request and all that follow
    /// fail with the reason.
    ///
    /// @throws ModelLoadException with that reason
    public void requireStream() throws ModelLoadException {
        if (!execution.doubt().isEmpty()) {
            throw new ModelLoadException(execution.doubt());
        }
    }

    /// Where it runs.
    public RunsOn runsOn() {
        return placed.runsOn;
    }

    public Signature signature() {
        return signature;
    }

    /// Makes room for one input of the next run and returns the memory to fill, exactly the shape's bytes. Valid until the
    /// same input is staged again. Not for BYTES.
    public MemorySegment stage(int input, Shape shape) throws RunFailedException {
        return inputs.stage(input, shape);
    }

    /// Sets a BYTES input of the next run, copied.
    ///
    /// @param parts the elements in the layout of [Tensor], in a row over all parts
    public void stageStrings(int input, Shape shape, List<MemorySegment> parts) throws RunFailedException {
        inputs.stageStrings(input, shape, parts);
    }

    /// Leaves an optional input out of the next run.
    public void omit(int input) {
        inputs.omit(input);
    }

    /// Runs the model on what was staged. The result follows the order of the signature's outputs.
    ///
    /// @throws RunFailedException  when the model throws or the run was cancelled; the instance stays usable. Always when it is
    ///                             known not to run on its stream
    /// @throws DeviceLostException when the GPU can do nothing more for this process
    public List<RawOutput> run() throws RunFailedException {
        List<RawOutput> outputs = execution.run();
        placed.noteMemory();
        return outputs;
    }

    /// Lets the session write an output in place from now on. Only for an output whose shape trials have proven to be the
    /// signature's, the first dimension, where it varies, being the rows of the first required input.
    void pin(int output) {
        pins.pin(output);
    }

    boolean isPinned(int output) {
        return pins.isPinned(output);
    }

    /// Asks the run in progress, if any, to stop at its next node; it then fails as cancelled. Thread-safe.
    public void cancel() {
        execution.cancelOlderThan(-1);
    }

    /// The same, if the run in progress has lasted longer than `ageNanos`. Thread-safe.
    public void cancelOlderThan(long ageNanos) {
        execution.cancelOlderThan(ageNanos);
    }

    /// Runs one request's tensors alone, each by name, and copies the outputs out: for trials and warm-up.
    ///
    /// @throws RunFailedException when a required input is missing or the model throws
    public List<Tensor> runAlone(List<Tensor> tensors) throws RunFailedException {
        stage(tensors);
        List<Tensor> copies = new ArrayList<>();
        for (RawOutput output : run()) {
            MemorySegment copy = MemorySegment.ofArray(output.data().toArray(ValueLayout.JAVA_BYTE));
            copies.add(new Tensor(output.name(), output.datatype(), output.shape(), copy));
        }
        return copies;
    }

    private void stage(List<Tensor> tensors) throws RunFailedException {
        for (int i = 0; i < signature.inputs().size(); i++) {
            TensorSpec spec = signature.inputs().get(i);
            Optional<Tensor> given = tensors.stream().filter(t -> t.name().equals(spec.name())).findFirst();
            if (given.isPresent()) {
                stage(i, given.get());
            } else if (spec.optional()) {
                omit(i);
            } else {
                throw new RunFailedException("input '" + spec.name() + "' is missing", false);
            }
        }
    }

    private void stage(int input, Tensor tensor) throws RunFailedException {
        DataType datatype = signature.inputs().get(input).datatype();
        if (tensor.datatype() != datatype) {
            throw new RunFailedException("input '" + tensor.name() + "' has datatype " + tensor.datatype()
                    + ", expected " + datatype, false);
        }
        if (datatype == DataType.BYTES) {
            stageStrings(input, tensor.shape(), List.of(tensor.data()));
        } else {
            stage(input, tensor.shape()).copyFrom(tensor.data());
        }
    }

    /// Frees the session and its memory. On the owning thread, never during a run.
    @Override
    public void close() {
        inputs.close();
        pins.close();
        invocation.close();
        placed.close();
    }
}
