package dev.understudy.runtime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtException.OrtErrorCode;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import dev.understudy.model.TensorDeclarations;
import dev.understudy.tensor.DataType;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.Tensor;
import dev.understudy.tensor.TensorSpec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One ONNX Runtime session with its staging memory. Not thread-safe; owned by the thread that loaded it, except for
/// [#cancel].
///
/// Inputs are written straight into direct memory the session reads ([#stage]); outputs whose shapes a trial has proven
/// ([#pin]) are written by the session straight into direct memory too. Every other output is asked for by name and
/// copied once by ONNX Runtime's Java API. A wrong pinned shape fails the run, so a run that fails as one does is repeated
/// without pins, and if that succeeds they stay away for good.
public final class OrtInstance implements AutoCloseable {
    private final OrtEnvironment environment;
    private final OrtSession session;
    private final OrtSession.RunOptions runOptions;
    private final Signature signature;
    private final Staging[] inputs;
    private final Map<String, OnnxTensor> feeds = new HashMap<>();
    private final List<OnnxTensor> ownedFeeds = new ArrayList<>();
    private final @Nullable Staging[] pinned;
    private final Map<String, OnnxTensor> pins = new HashMap<>();
    private final Set<String> unpinnedNames = new LinkedHashSet<>();
    private long rows = 1;

    private final Object cancelLock = new Object();
    private boolean running;
    private boolean cancelled;
    private long runStartNanos;

    private OrtInstance(OrtEnvironment environment, OrtSession session, Signature signature) throws OrtException {
        this.environment = environment;
        this.session = session;
        this.signature = signature;
        this.runOptions = new OrtSession.RunOptions();
        runOptions.setLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
        this.inputs = new Staging[signature.inputs().size()];
        for (int i = 0; i < inputs.length; i++) {
            inputs[i] = new Staging(signature.inputs().get(i).datatype());
        }
        this.pinned = new @Nullable Staging[signature.outputs().size()];
        signature.outputs().forEach(output -> unpinnedNames.add(output.name()));
    }

    /// Loads a model of whose tensors nothing is declared.
    public static OrtInstance load(Path file, int intraOpThreads) throws ModelLoadException {
        return load(file, intraOpThreads, TensorDeclarations.NONE);
    }

    /// Loads a model on the calling thread, whose scheduling class the session's own threads inherit.
    ///
    /// @param intraOpThreads threads of one run, the caller's included; at least 1
    /// @param declared       narrows the signature
    /// @throws ModelLoadException when ONNX Runtime refuses the file or its signature cannot be served
    public static OrtInstance load(Path file, int intraOpThreads, TensorDeclarations declared)
            throws ModelLoadException {
        try {
            OrtEnvironment environment = OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
                    "understudy");
            try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
                options.setIntraOpNumThreads(intraOpThreads);
                options.setInterOpNumThreads(1);
                options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
                // A spinning pool takes the cores from the other lane and from the network threads.
                options.addConfigEntry("session.intra_op.allow_spinning", "0");
                options.addConfigEntry("session.inter_op.allow_spinning", "0");
                OrtSession session = environment.createSession(file.toString(), options);
                try {
                    return new OrtInstance(environment, session, OrtSignature.read(session, declared));
                } catch (OrtException | ModelLoadException | RuntimeException e) {
                    session.close();
                    throw e;
                }
            }
        } catch (OrtException e) {
            throw new ModelLoadException("ONNX Runtime cannot load it: " + OrtErrors.text(e, file));
        }
    }

    public Signature signature() {
        return signature;
    }

    /// Makes room for one input of the next run and returns the memory to fill, exactly the shape's bytes. Valid until the
    /// same input is staged again. Not for BYTES.
    public MemorySegment stage(int input, Shape shape) throws RunFailedException {
        TensorSpec spec = signature.inputs().get(input);
        try {
            feeds.put(spec.name(), inputs[input].bind(shape));
        } catch (OrtException e) {
            throw new RunFailedException("input '" + spec.name() + "': " + OrtErrors.text(e), false);
        }
        noteRows(input, shape);
        return inputs[input].memory(shape);
    }

    /// Sets a BYTES input of the next run.
    public void stageStrings(int input, Shape shape, String[] elements) throws RunFailedException {
        TensorSpec spec = signature.inputs().get(input);
        try {
            OnnxTensor tensor = OnnxTensor.createTensor(environment, elements, shape.toArray());
            ownedFeeds.add(tensor);
            feeds.put(spec.name(), tensor);
        } catch (OrtException e) {
            throw new RunFailedException("input '" + spec.name() + "': " + OrtErrors.text(e), false);
        }
        noteRows(input, shape);
    }

    private void noteRows(int input, Shape shape) {
        if (input == 0) {
            rows = shape.rank() == 0 ? 1 : shape.dim(0);
        }
    }

    /// Runs the model on what was staged. The result follows the order of the signature's outputs.
    ///
    /// @throws RunFailedException when the model throws or the run was cancelled; the instance stays usable
    public List<RawOutput> run() throws RunFailedException {
        try {
            return runPinned();
        } finally {
            ownedFeeds.forEach(OnnxTensor::close);
            ownedFeeds.clear();
        }
    }

    private List<RawOutput> runPinned() throws RunFailedException {
        try {
            return runOnce();
        } catch (OrtException e) {
            if (e.getCode() != OrtErrorCode.ORT_INVALID_ARGUMENT || pins.isEmpty()) {
                throw new RunFailedException(OrtErrors.text(e), false);
            }
        }
        List<Integer> suspects = unpinAll();
        try {
            return runOnce();
        } catch (OrtException e) {
            suspects.forEach(this::pin);
            throw new RunFailedException(OrtErrors.text(e), false);
        }
    }

    private List<RawOutput> runOnce() throws OrtException, RunFailedException {
        for (int i = 0; i < pinned.length; i++) {
            Staging staging = pinned[i];
            if (staging != null) {
                pins.put(signature.outputs().get(i).name(), staging.bind(pinnedShape(i)));
            }
        }
        synchronized (cancelLock) {
            running = true;
            runStartNanos = System.nanoTime();
        }
        try (OrtSession.Result result = session.run(feeds, unpinnedNames, pins, runOptions)) {
            endRun();
            return outputs(result);
        } catch (OrtException e) {
            if (endRun()) {
                throw new RunFailedException("the run was cancelled", true);
            }
            throw e;
        }
    }

    /// Returns whether the run had been cancelled, and makes the next one possible.
    private boolean endRun() throws OrtException {
        synchronized (cancelLock) {
            boolean was = cancelled;
            running = false;
            cancelled = false;
            if (was) {
                runOptions.setTerminate(false);
            }
            return was;
        }
    }

    private List<RawOutput> outputs(OrtSession.Result result) throws OrtException {
        List<RawOutput> outputs = new ArrayList<>(pinned.length);
        for (int i = 0; i < pinned.length; i++) {
            TensorSpec spec = signature.outputs().get(i);
            Staging staging = pinned[i];
            if (staging != null) {
                Shape shape = pinnedShape(i);
                outputs.add(new RawOutput(spec.name(), spec.datatype(), shape, staging.memory(shape), false));
            } else {
                outputs.add(RawOutput.copied(spec, (OnnxTensor) result.get(spec.name()).orElseThrow()));
            }
        }
        return outputs;
    }

    /// Lets the session write an output in place from now on. Only for an output whose shape trials have proven to be the
    /// signature's, the first dimension, where it varies, being the rows of the first input.
    void pin(int output) {
        TensorSpec spec = signature.outputs().get(output);
        if (spec.datatype() == DataType.BYTES || pinned[output] != null) {
            return;
        }
        pinned[output] = new Staging(spec.datatype());
        unpinnedNames.remove(spec.name());
    }

    private List<Integer> unpinAll() {
        List<Integer> unpinned = new ArrayList<>();
        pins.clear();
        for (int i = 0; i < pinned.length; i++) {
            Staging staging = pinned[i];
            if (staging != null) {
                staging.close();
                pinned[i] = null;
                unpinned.add(i);
            }
            unpinnedNames.add(signature.outputs().get(i).name());
        }
        return unpinned;
    }

    private Shape pinnedShape(int output) {
        Shape shape = signature.outputs().get(output).shape();
        return shape.isConcrete() ? shape : shape.withRows(rows);
    }

    /// Asks the run in progress, if any, to stop at its next node; it then fails as cancelled. Thread-safe.
    public void cancel() {
        cancelOlderThan(-1);
    }

    /// The same, if the run in progress has lasted longer than `ageNanos`. Thread-safe.
    public void cancelOlderThan(long ageNanos) {
        synchronized (cancelLock) {
            if (running && !cancelled && System.nanoTime() - runStartNanos > ageNanos) {
                cancelled = true;
                try {
                    runOptions.setTerminate(true);
                } catch (OrtException e) {
                    throw new IllegalStateException("cannot cancel a run", e);
                }
            }
        }
    }

    /// Runs one request's tensors alone, each by name, and copies the outputs out: for trials and warm-up.
    ///
    /// @throws RunFailedException when an input is missing or the model throws
    public List<Tensor> runAlone(List<Tensor> tensors) throws RunFailedException {
        for (int i = 0; i < signature.inputs().size(); i++) {
            String name = signature.inputs().get(i).name();
            Tensor tensor = tensors.stream().filter(t -> t.name().equals(name)).findFirst()
                    .orElseThrow(() -> new RunFailedException("input '" + name + "' is missing", false));
            if (tensor.datatype() == DataType.BYTES) {
                stageStrings(i, tensor.shape(), OrtStrings.decode(tensor));
            } else {
                stage(i, tensor.shape()).copyFrom(tensor.data());
            }
        }
        List<Tensor> copies = new ArrayList<>();
        for (RawOutput output : run()) {
            MemorySegment copy = MemorySegment.ofArray(output.data().toArray(ValueLayout.JAVA_BYTE));
            copies.add(new Tensor(output.name(), output.datatype(), output.shape(), copy));
        }
        return copies;
    }

    /// Frees the session and its memory. On the owning thread, never during a run.
    @Override
    public void close() {
        for (Staging staging : inputs) {
            staging.close();
        }
        unpinAll();
        runOptions.close();
        try {
            session.close();
        } catch (OrtException e) {
            throw new IllegalStateException("cannot close a session", e);
        }
    }
}
