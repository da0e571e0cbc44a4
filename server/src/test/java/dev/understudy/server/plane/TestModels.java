package dev.understudy.server.plane;

import dev.understudy.champion.ServingStatistics;
import dev.understudy.engine.ModelLookup;
import dev.understudy.engine.ModelMetadata;
import dev.understudy.engine.RepositoryEntry;
import dev.understudy.infer.InferenceFailure;
import dev.understudy.infer.InferenceOutcome;
import dev.understudy.infer.InferenceRequest;
import dev.understudy.infer.InferenceResponse;
import dev.understudy.infer.Timings;
import dev.understudy.model.Labels;
import dev.understudy.model.ServedConfig;
import dev.understudy.model.ServedConfig.ServedTensor;
import dev.understudy.model.VersionPolicy;
import dev.understudy.tensor.DataType;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.Tensor;
import dev.understudy.tensor.TensorSpec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Models in plain Java behind a data plane: `add_one` answers FP32 inputs plus one from a thread of its own, `held`
/// answers when the test says so, `echo` gives back every input, `broken` fails, `busy` is full, `throws` breaks the
/// engine's contract. Thread-safe.
public final class TestModels implements InferenceEndpoint, AutoCloseable {
    private static final ServedConfig CONFIG = new ServedConfig(8, true, List.of(4), 100, 16, 2, false,
            new VersionPolicy.Unstated(false),
            List.of(new ServedTensor(new TensorSpec("x", DataType.FP32, Shape.of(-1, 2)), Shape.of(-1, 1, 2), "",
                    Labels.NONE)),
            List.of(new ServedTensor(new TensorSpec("y", DataType.FP32, Shape.of(-1, 2)), Shape.of(-1, 2), "",
                    new Labels("labels.txt", List.of("cat")))));
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED
            .withOrder(ByteOrder.LITTLE_ENDIAN);

    private final ExecutorService instance = Executors.newSingleThreadExecutor();
    public final BlockingQueue<Runnable> held = new LinkedBlockingQueue<>();
    public final AtomicReference<@Nullable InferenceRequest> last = new AtomicReference<>();
    public volatile boolean ready = true;

    @Override
    public void infer(InferenceRequest request, Consumer<? super InferenceOutcome> done) {
        last.set(request);
        switch (lookup(request.model(), request.version())) {
            case ModelLookup.Refused(var failure) -> done.accept(failure);
            case ModelLookup.Serving _ -> {
                switch (request.model()) {
                    case "held" -> held.add(() -> instance.execute(() -> done.accept(answer(request))));
                    case "broken" ->
                        instance.execute(() -> done.accept(new InferenceFailure(InferenceFailure.Kind.INTERNAL, "no")));
                    case "busy" -> done.accept(new InferenceFailure(InferenceFailure.Kind.UNAVAILABLE, "full"));
                    case "throws" -> throw new IllegalStateException("secret/path");
                    default -> instance.execute(() -> done.accept(answer(request)));
                }
            }
        }
    }

    private static InferenceOutcome answer(InferenceRequest request) {
        if (!request.model().equals("echo")
                && request.inputs().stream().anyMatch(input -> input.datatype() != DataType.FP32)) {
            return new InferenceFailure(InferenceFailure.Kind.INVALID_ARGUMENT, "expected FP32");
        }
        List<Tensor> outputs = request.model().equals("echo")
                ? request.inputs()
                : request.inputs().stream().map(TestModels::plusOne).toList();
        return new InferenceResponse(request.model(), "3", outputs, new Timings(1, 2, 3, 4, request.rows()));
    }

    private static Tensor plusOne(Tensor input) {
        byte[] out = input.data().toArray(ValueLayout.JAVA_BYTE);
        MemorySegment data = MemorySegment.ofArray(out);
        for (long at = 0; at < out.length; at += 4) {
            data.set(FLOAT, at, data.get(FLOAT, at) + 1);
        }
        return new Tensor("y", DataType.FP32, input.shape(), data);
    }

    @Override
    public ModelLookup lookup(String model, @Nullable String version) {
        if (!List.of("add_one", "held", "echo", "broken", "busy", "throws", "a/b", "\u00e9").contains(model)
                || (version != null && !version.equals("3"))) {
            return new ModelLookup.Refused(new InferenceFailure(InferenceFailure.Kind.NOT_FOUND,
                    "Request for unknown model: '" + model + "' is not found"));
        }
        return new ModelLookup.Serving(new ModelMetadata(model, "3", "onnx_onnxv1",
                List.of(new TensorSpec("x", DataType.FP32, Shape.of(-1, 2))),
                List.of(new TensorSpec("y", DataType.FP32, Shape.of(-1, 2))), CONFIG));
    }

    @Override
    public boolean ready() {
        return ready;
    }

    @Override
    public List<RepositoryEntry> repositoryIndex() {
        return List.of(new RepositoryEntry("add_one", "3", RepositoryEntry.State.READY, ""),
                new RepositoryEntry("bad", "1", RepositoryEntry.State.UNAVAILABLE, "it \"broke\""));
    }

    @Override
    public List<ServingStatistics> statistics() {
        ServingStatistics.Duration some = new ServingStatistics.Duration(2, 30);
        return List.of(new ServingStatistics("add_one", "3", 99, 5, 2, some, some, some, some, some, some,
                List.of(new ServingStatistics.Batches(4, some, some, some)), 0));
    }

    @Override
    public void close() {
        instance.shutdownNow();
    }
}
