package dev.understudy.runtime;

import dev.understudy.ffm.Answer;
import dev.understudy.ffm.cuda.CudaContext;
import dev.understudy.ffm.cuda.CudaDriver;
import dev.understudy.ffm.cuda.CudaFailure;
import dev.understudy.model.TensorDeclarations;
import dev.understudy.models.SyntheticModels;
import dev.understudy.tensor.DataType;
import dev.understudy.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// What [MakeBelieveCudaTest] has a process of its own do: the whole lane on ONNX Runtime's real CUDA provider over a
/// make-believe driver, which fails when told so. Ends with exit code 0 when all held, and says what did not.
final class MakeBelieveStage {
    private static final int ILLEGAL_ADDRESS = 700;
    private static final int OUT_OF_MEMORY = 2;
    private static final String BROKEN = "CUDA_ERROR_ILLEGAL_ADDRESS";
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int WIDTH = 64;
    private static final List<Tensor> INPUTS = CudaLanesTest.rows(4, WIDTH, 1);
    /// Nothing falls back, so it is the make-believe GPU that answers.
    private static final CudaSettings SETTINGS = new CudaSettings(0, false, false, false, 32, 0);

    private MakeBelieveStage() {}

    /// Goes through all of it.
    ///
    /// @param args the folder for models
    public static void main(String[] args) throws Exception {
        Path folder = Path.of(args[0]);
        Path model = Files.write(folder.resolve("mlp.onnx"), SyntheticModels.mlp(WIDTH, 3));
        probation(folder, model);
        priorities(model);
        partition(model);
        limits(folder);
        memory(folder);
        Lanes lanes = opened(SETTINGS, Isolation.PACED);
        try (CudaContext context = context()) {
            new HeldStream(lanes.champion(), context).championGoesOn(context, model, INPUTS);
        }
        told("a champion does not wait for a challenger whose stream is held");
        lanes.champion().call("stage", () -> {
            lifetimes(lanes, model);
            MakeBelieveStrays.foundOut(folder, model);
            faults(lanes, model);
            return 0;
        });
        System.out.println("all held");
        System.exit(0);
    }

    private static Lanes opened(CudaSettings settings, Isolation asked) {
        return ((Answer.Granted<Lanes>) CudaLanes.open(settings, asked, note -> {})).value();
    }

    static CudaContext context() throws CudaFailure {
        return ((Answer.Granted<CudaDriver>) CudaDriver.open()).value().retainPrimary(0);
    }

    /// A child on the make-believe GPU, which a model breaks, and its successor.
    private static void probation(Path folder, Path model) throws IOException {
        float[] infinite = new float[]{Float.POSITIVE_INFINITY};
        Path breaks = new TestGraph().input("in", DataType.FP32, "n", "1").output("out", DataType.FP32, "n", "1")
                .floats("weights", infinite, 1, 1).node("product", "MatMul", List.of("in", "weights"))
                .node("out", "Relu", List.of("product")).write(folder.resolve("breaks.onnx"));
        try (Probation probation = new Probation(PATIENCE, Optional.of(SETTINGS))) {
            String first = examined(probation, model);
            hold(first.equals("passed"), "a model passes on the GPU: " + first);
            String broken = examined(probation, breaks);
            hold(broken.startsWith("it broke the GPU for its process: ") && broken.contains(BROKEN),
                    "a model that breaks the GPU is refused for that: " + broken);
            String next = examined(probation, model);
            hold(next.equals("passed"), "the next one has a GPU that works: " + next);
        }
    }

    private static String examined(Probation probation, Path model) {
        return switch (probation.examine(model, false, 1, TensorDeclarations.NONE, List.of())) {
            case ProbationOutcome.Passed(Signature _, TrialReport trial, long _) ->
                trial.ran() ? "passed" : trial.failure();
            case ProbationOutcome.Refused(String reason, Optional<Signature> _) -> reason;
        };
    }

    private static void priorities(Path model) throws Exception {
        for (Isolation level : List.of(Isolation.NONE, Isolation.PRIORITY)) {
            try (Lanes lanes = opened(SETTINGS, level)) {
                hold(lanes.achieved() == level, "isolation " + level.label() + " is achieved");
                int raised = level == Isolation.NONE ? 0 : -5;
                hold(priority(lanes.champion(), model) == raised && priority(lanes.probes(), model) == raised
                        && priority(lanes.challenger(), model) == 0, "champions and probes are at " + raised);
            }
        }
    }

    private static int priority(Lane lane, Path model) throws Exception {
        return inLane(lane, model, instance -> ((RunsOn.Stream) instance.runsOn()).priority());
    }

    private interface Look {
        int at(OrtInstance instance) throws Exception;
    }

    /// What is seen of a model that has passed its trial, which proves that it runs on its stream.
    private static int inLane(Lane lane, Path model, Look look) throws Exception {
        return lane.call("stage", () -> {
            try (OrtInstance instance = lane.load("model", model, 1, TensorDeclarations.NONE)) {
                Trial.run(instance, List.of());
                return look.at(instance);
            }
        });
    }

    private static void partition(Path model) throws Exception {
        try (Lanes lanes = opened(SETTINGS, Isolation.PARTITIONED)) {
            hold(lanes.achieved() == Isolation.PARTITIONED, "the device is partitioned");
            Look part = instance -> MakeBelieveDriver.get("challengers");
            hold(inLane(lanes.challenger(), model, part) == 1, "a challenger's stream is in the challengers' part");
            hold(inLane(lanes.champion(), model, part) == 0, "a champion's is not");
            hold(inLane(lanes.probes(), model, part) == 0, "a probe's is not");
            hold(MakeBelieveDriver.get("greens") == 1, "there is one part");
        }
        hold(MakeBelieveDriver.get("greens") == 0, "it is given back");
    }

    private static void limits(Path folder) throws Exception {
        Path large = Files.write(folder.resolve("large.onnx"), SyntheticModels.mlp(1024, 2));
        try (Lanes lanes = opened(new CudaSettings(0, false, false, false, 32, 2 << 20), Isolation.PACED)) {
            for (Lane lane : List.of(lanes.challenger(), lanes.probes())) {
                String refusal = refusal(lane, large);
                hold(refusal.contains("memory"), "8 MiB of weights do not fit into 2 MiB: " + refusal);
            }
            hold(inLane(lanes.champion(), large, instance -> 1) == 1, "a champion has no limit");
        }
    }

    private static void memory(Path folder) throws Exception {
        Path large = folder.resolve("large.onnx");
        try (Lanes lanes = opened(SETTINGS, Isolation.PACED)) {
            Lane lane = lanes.challenger();
            lane.call("stage", () -> {
                Lane.Census census = lane.census();
                Lane.Census ofOne = lane.census();
                DeviceTime use;
                try (OrtInstance one = lane.load("one", large, 1, TensorDeclarations.NONE)) {
                    SessionMemory loaded = ofOne.end().memory().orElse(new SessionMemory(0, 0));
                    hold(loaded.bytes() >= 8 << 20 && loaded.bytes() < 64 << 20,
                            "what a session has of the GPU's memory is known: " + loaded);
                    try (OrtInstance other = lane.load("other", large, 1, TensorDeclarations.NONE)) {
                        use = census.end();
                        Trial.run(one, List.of());
                        SessionMemory both = use.memory().orElseThrow();
                        hold(both.bytes() >= 2 * loaded.bytes() && both.peakBytes() > 2 * (8 << 20),
                                "of two sessions it is the sum: " + both);
                        hold(other.deviceNanos().orElseThrow() == 0, "the other has not run");
                    }
                    hold(use.memory().orElseThrow().bytes() < 16 << 20, "of one that is closed it is gone");
                }
                hold(use.memory().isEmpty(), "and where all are closed there is none");
                return 0;
            });
        }
    }

    private static String refusal(Lane lane, Path model) throws Exception {
        return lane.call("stage", () -> {
            try (OrtInstance _ = lane.load("model", model, 1, TensorDeclarations.NONE)) {
                return "it was let in";
            } catch (ModelLoadException e) {
                return e.reason();
            }
        });
    }

    /// On a thread of the champion's lane, as all that follows.
    private static void lifetimes(Lanes lanes, Path model) throws Exception {
        try (OrtInstance passing = lanes.champion().load("passing", model, 1, TensorDeclarations.NONE)) {
            Trial.run(passing, List.of());
            hold(MakeBelieveDriver.get("streams") == 1 && MakeBelieveDriver.get("events") == 2
                    && MakeBelieveDriver.get("pinned") > 0, "a session has a stream, two events and pinned memory");
        }
        hold(MakeBelieveDriver.get("streams") == 0, "every stream is destroyed");
        hold(MakeBelieveDriver.get("events") == 0, "every event is destroyed");
        hold(MakeBelieveDriver.get("pinned") == 0, "all pinned memory is freed");
    }

    private static void faults(Lanes lanes, Path model) throws Exception {
        List<Tensor> expected;
        try (OrtInstance processors = OrtInstance.load(model, 1)) {
            expected = processors.runAlone(INPUTS);
        }
        try (OrtInstance serving = lanes.champion().load("champion", model, 1, TensorDeclarations.NONE)) {
            Trial.run(serving, List.of());
            List<Tensor> answer = serving.runAlone(INPUTS);
            hold(CudaLanesTest.relativeDistance(answer, expected) < 1e-5, "it answers as the processors do");
            refusedForMemory(lanes.challenger(), model);
            hold(MakeBelieveDriver.get("streams") == 1 && MakeBelieveDriver.get("events") == 2,
                    "who is refused leaves no stream and no event behind");
            hold(InstanceStage.bytes(answer).equals(InstanceStage.bytes(serving.runAlone(INPUTS))),
                    "the champion goes on");
            broken(lanes.challenger(), model);
            hold(lost(serving), "a broken context is lost for the champion too");
        }
    }

    private static void refusedForMemory(Lane lane, Path model) throws Exception {
        MakeBelieveDriver.set("alloc_fault", OUT_OF_MEMORY);
        String refusal = refusal(lane, model);
        MakeBelieveDriver.set("alloc_fault", 0);
        hold(refusal.contains("memory"), "a challenger without memory is refused for it: " + refusal);
    }

    private static void broken(Lane lane, Path model) throws Exception {
        lane.call("stage", () -> {
            try (OrtInstance rehearsing = lane.load("challenger", model, 1, TensorDeclarations.NONE)) {
                Trial.run(rehearsing, List.of());
                hold(rehearsing.runsOn().equals(new RunsOn.Stream(0, 0)), "the challenger is not raised");
                MakeBelieveDriver.set("kernel_fault", ILLEGAL_ADDRESS);
                hold(lost(rehearsing), "a fault in a kernel loses the device");
            }
            return 0;
        });
    }

    private static boolean lost(OrtInstance instance) throws RunFailedException {
        try {
            instance.runAlone(INPUTS);
            return false;
        } catch (DeviceLostException e) {
            return e.reason().contains(BROKEN);
        }
    }

    static void hold(boolean fact, String what) {
        if (!fact) {
            System.out.println("does not hold: " + Objects.requireNonNull(what));
            System.exit(1);
        }
        told(what);
    }

    static void told(String what) {
        System.out.println("holds: " + what);
    }
}
