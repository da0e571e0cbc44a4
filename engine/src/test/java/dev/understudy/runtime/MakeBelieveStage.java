package dev.understudy.runtime;

import dev.understudy.ffm.Answer;
import dev.understudy.ffm.cuda.CudaContext;
import dev.understudy.ffm.cuda.CudaDriver;
import dev.understudy.model.TensorDeclarations;
import dev.understudy.models.SyntheticModels;
import dev.understudy.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// What [MakeBelieveCudaTest] has a process of its own do: the whole lane on ONNX Runtime's real CUDA provider over a
/// make-believe driver, which fails when told so. Ends with exit code 0 when all held, and says what did not.
final class MakeBelieveStage {
    private static final int ILLEGAL_ADDRESS = 700;
    private static final int OUT_OF_MEMORY = 2;

    private MakeBelieveStage() {}

    /// Goes through all of it.
    ///
    /// @param args the folder for models
    public static void main(String[] args) throws Exception {
        Path model = Files.write(Path.of(args[0], "mlp.onnx"), SyntheticModels.mlp(64, 3));
        List<Tensor> inputs = CudaLanesTest.rows(4, 64, 1);
        Lanes lanes = Gpu.lanes(new CudaSettings(0, false, false, false, 32, 0), Isolation.PACED);
        Lane champion = lanes.champion();
        champion.call("stage", () -> {
            try (OrtInstance passing = champion.load("passing", model, 1, TensorDeclarations.NONE)) {
                Trial.run(passing, List.of());
            }
            hold(get("make_believe_streams") == 0, "every stream is destroyed");
            hold(get("make_believe_events") == 0, "every event is destroyed");
            hold(get("make_believe_pinned") == 0, "all pinned memory is freed");
            hold(withoutItsStream(model).contains("does not run it on the CUDA stream"),
                    "a session that ONNX Runtime runs elsewhere is found out");
            try (OrtInstance serving = champion.load("champion", model, 1, TensorDeclarations.NONE)) {
                Trial.run(serving, List.of());
                List<String> answer = InstanceStage.bytes(serving.runAlone(inputs));
                hold(serving.runsOn().equals(new RunsOn.Stream(0, -5)), "the champion is raised");
                refusedForMemory(lanes.challenger(), model);
                hold(get("make_believe_streams") == 1, "who is refused leaves no stream behind");
                hold(answer.equals(InstanceStage.bytes(serving.runAlone(inputs))), "the champion goes on");
                broken(lanes.challenger(), model, inputs);
                hold(lost(serving, inputs), "a broken context is lost for the champion too");
            }
            return 0;
        });
        System.out.println("all held");
        System.exit(0);
    }

    /// Why a session is refused of which ONNX Runtime is told half of what it takes to run on its stream.
    private static String withoutItsStream(Path model) throws Exception {
        CudaDriver driver = ((Answer.Granted<CudaDriver>) CudaDriver.open()).value();
        try (CudaContext context = driver.retainPrimary(0)) {
            StreamPlace stream = new StreamPlace(context, context.createStream(0), new StreamTime());
            Map<String, String> settings = new HashMap<>(CudaSettings.DEFAULT.provider(stream.handle(), 0));
            settings.remove("has_user_compute_stream");
            settings.remove("user_compute_stream");
            try (OrtInstance elsewhere = OrtInstance.loadOnStream(model, TensorDeclarations.NONE, stream, settings)) {
                Trial.run(elsewhere, List.of());
                return "it was let in";
            } catch (ModelLoadException e) {
                return e.reason();
            }
        }
    }

    private static void refusedForMemory(Lane lane, Path model) throws Exception {
        set("make_believe_alloc_fault", OUT_OF_MEMORY);
        String refusal = lane.call("stage", () -> {
            try (OrtInstance _ = lane.load("challenger", model, 1, TensorDeclarations.NONE)) {
                return "it was let in";
            } catch (ModelLoadException e) {
                return e.reason();
            }
        });
        set("make_believe_alloc_fault", 0);
        hold(refusal.contains("memory"), "a challenger without memory is refused for it: " + refusal);
    }

    private static void broken(Lane lane, Path model, List<Tensor> inputs) throws Exception {
        lane.call("stage", () -> {
            try (OrtInstance rehearsing = lane.load("challenger", model, 1, TensorDeclarations.NONE)) {
                Trial.run(rehearsing, List.of());
                hold(rehearsing.runsOn().equals(new RunsOn.Stream(0, 0)), "the challenger is not raised");
                set("make_believe_kernel_fault", ILLEGAL_ADDRESS);
                hold(lost(rehearsing, inputs), "a fault in a kernel loses the device");
            }
            return 0;
        });
    }

    private static boolean lost(OrtInstance instance, List<Tensor> inputs) throws RunFailedException {
        try {
            instance.runAlone(inputs);
            return false;
        } catch (DeviceLostException e) {
            return e.reason().contains("CUDA_ERROR_ILLEGAL_ADDRESS");
        }
    }

    @SuppressWarnings("restricted")
    private static MemorySegment variable(String name) {
        return SymbolLookup.libraryLookup("libcuda.so.1", Arena.global()).findOrThrow(name)
                .reinterpret(ValueLayout.JAVA_INT.byteSize());
    }

    private static void set(String name, int value) {
        variable(name).set(ValueLayout.JAVA_INT, 0, value);
    }

    private static int get(String name) {
        return variable(name).get(ValueLayout.JAVA_INT, 0);
    }

    private static void hold(boolean fact, String what) {
        if (!fact) {
            System.out.println("does not hold: " + Objects.requireNonNull(what));
            System.exit(1);
        }
        System.out.println("holds: " + what);
    }
}
