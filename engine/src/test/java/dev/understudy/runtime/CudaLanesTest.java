package dev.understudy.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.understudy.ffm.cuda.CudaContext;
import dev.understudy.model.TensorDeclarations;
import dev.understudy.models.SyntheticModels;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.Tensor;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// The two lanes on a GPU: what keeps them apart, and what one does not do to the other.
@Tag("gpu")
class CudaLanesTest {
    private static final int WIDTH = 256;
    private static final long MIB = 1 << 20;

    @RegisterExtension
    final Gpu gpu = new Gpu();
    private final Path folder;

    CudaLanesTest(@TempDir Path folder) {
        this.folder = folder;
    }

    private Path mlp(int width, int layers) throws Exception {
        return Files.write(folder.resolve("mlp-" + width + "-" + layers + ".onnx"), SyntheticModels.mlp(width, layers));
    }

    static List<Tensor> rows(int rows, int width, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] values = new float[rows * width];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (2 * random.nextDouble() - 1);
        }
        return List.of(Tensor.ofFloats("input", Shape.of(rows, width), values));
    }

    static double relativeDistance(List<Tensor> some, List<Tensor> others) {
        float[] a = some.getFirst().data().toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
        float[] b = others.getFirst().data().toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
        assertEquals(a.length, b.length);
        double apart = 0;
        double length = 0;
        for (int i = 0; i < a.length; i++) {
            apart += ((double) a[i] - b[i]) * ((double) a[i] - b[i]);
            length += (double) b[i] * b[i];
        }
        assertTrue(length > 0, "all zeros prove nothing");
        return Math.sqrt(apart / length);
    }

    @Test
    void theChampionIsRaisedAndTheChallengerIsNot() throws Exception {
        Lanes lanes = gpu.open(CudaSettings.DEFAULT, Isolation.PACED);
        assertEquals(Isolation.PACED, lanes.achieved());
        Path model = mlp(64, 1);
        RunsOn.Stream champion = on(lanes.champion(), model);
        RunsOn.Stream challenger = on(lanes.challenger(), model);
        assertEquals(0, challenger.priority(), "CUDA's lowest, which is its default too");
        assertTrue(champion.priority() < challenger.priority(), "priority " + champion.priority());
        assertEquals(champion, on(lanes.probes(), model), "a probe is timed as a champion would be");
        System.out.println("priorities read back: champion " + champion.priority() + ", challenger "
                + challenger.priority());
    }

    /// The trial proves that it runs there.
    private static RunsOn.Stream on(Lane lane, Path model) throws Exception {
        return lane.call("test", () -> {
            try (OrtInstance instance = lane.load("test", model, 1, TensorDeclarations.NONE)) {
                Trial.run(instance, List.of());
                return assertInstanceOf(RunsOn.Stream.class, instance.runsOn());
            }
        });
    }

    @Test
    void withoutIsolationBothLanesAreAtTheDefault() throws Exception {
        Lanes lanes = gpu.open(CudaSettings.DEFAULT, Isolation.NONE);
        assertEquals(Isolation.NONE, lanes.achieved());
        Path model = mlp(64, 1);
        for (Lane lane : List.of(lanes.champion(), lanes.challenger(), lanes.probes())) {
            assertEquals(0, on(lane, model).priority());
        }
    }

    @Test
    void bothLanesAnswerAsTheProcessorDoes() throws Exception {
        // Nothing falls back, so it is the GPU that answers.
        Lanes lanes = gpu.open(new CudaSettings(0, false, false, false, 32, 0), Isolation.PRIORITY);
        Path model = mlp(WIDTH, 4);
        List<Tensor> inputs = rows(8, WIDTH, 1);
        List<Tensor> expected;
        try (OrtInstance cpu = OrtInstance.load(model, 1)) {
            expected = cpu.runAlone(inputs);
        }
        for (Lane lane : List.of(lanes.champion(), lanes.challenger())) {
            double distance = lane.call("test", () -> {
                try (OrtInstance gpu = lane.load("test", model, 1, TensorDeclarations.NONE)) {
                    return relativeDistance(gpu.runAlone(inputs), expected);
                }
            });
            assertTrue(distance < 1e-5, "relative distance " + distance);
        }
    }

    @Test
    void aChampionRunsWhileAChallengersRunCannotEnd() throws Exception {
        Lanes lanes = gpu.open(CudaSettings.DEFAULT, Isolation.PACED);
        CudaContext context = gpu.context();
        new HeldStream(lanes.champion(), context).championGoesOn(context, mlp(64, 2), rows(1, 64, 3));
    }

    @Test
    void aChallengerThatWantsTooMuchMemoryLeavesTheChampionServing() throws Exception {
        Lanes lanes = gpu.open(new CudaSettings(0, true, false, true, 32, 2 * MIB), Isolation.PACED);
        Path small = mlp(64, 2);
        Path large = mlp(1024, 4);
        lanes.champion().call("test", () -> {
            try (OrtInstance champion = lanes.champion().load("test", small, 1, TensorDeclarations.NONE)) {
                List<Tensor> inputs = rows(4, 64, 4);
                List<Tensor> before = champion.runAlone(inputs);
                String refusal = lanes.challenger().call("test", () -> refusal(lanes, large));
                assertTrue(refusal.toLowerCase(Locale.ROOT).contains("memory"), refusal);
                assertEquals(InstanceStage.bytes(before), InstanceStage.bytes(champion.runAlone(inputs)));
                return 0;
            }
        });
    }

    private static String refusal(Lanes lanes, Path model) {
        try (OrtInstance challenger = lanes.challenger().load("test", model, 1, TensorDeclarations.NONE)) {
            challenger.runAlone(rows(512, 1024, 5));
            return "it was let in and ran";
        } catch (ModelLoadException e) {
            return e.reason();
        } catch (RunFailedException e) {
            return e.reason();
        }
    }

    @Test
    void aChampionGivesTheSameAnswersWhileChallengersComeAndGo() throws Exception {
        Lanes lanes = gpu.open(CudaSettings.DEFAULT, Isolation.PACED);
        Path model = mlp(WIDTH, 4);
        CountDownLatch answering = new CountDownLatch(1);
        FutureTask<Integer> champion = new FutureTask<>(() -> {
            try (OrtInstance instance = lanes.champion().load("test", model, 1, TensorDeclarations.NONE)) {
                List<Tensor> inputs = rows(4, WIDTH, 6);
                List<String> first = InstanceStage.bytes(instance.runAlone(inputs));
                answering.countDown();
                int runs = 0;
                while (!Thread.currentThread().isInterrupted()) {
                    assertEquals(first, InstanceStage.bytes(instance.runAlone(inputs)));
                    runs++;
                }
                return runs;
            } finally {
                answering.countDown();
            }
        });
        Thread serving = lanes.champion().start("test", champion);
        answering.await();
        for (int i = 0; i < 5; i++) {
            on(lanes.challenger(), model);
        }
        serving.interrupt();
        assertTrue(champion.get() > 0);
    }

    @Test
    void challengersInAPartitionGiveTheSameAnswers() throws Exception {
        CudaSettings settings = new CudaSettings(0, false, false, true, 32, 0);
        Lanes lanes = gpu.open(settings, Isolation.PARTITIONED);
        assumeTrue(lanes.achieved() == Isolation.PARTITIONED, "this GPU cannot be partitioned");
        Path model = mlp(WIDTH, 4);
        List<Tensor> inputs = rows(8, WIDTH, 7);
        List<Tensor> champion = lanes.champion().call("test", () -> answer(lanes.champion(), model, inputs));
        List<Tensor> challenger = lanes.challenger().call("test", () -> answer(lanes.challenger(), model, inputs));
        double distance = relativeDistance(challenger, champion);
        System.out.println("partitioned: relative distance between the lanes " + distance);
        assertTrue(distance < 1e-5, "relative distance " + distance);
    }

    private static List<Tensor> answer(Lane lane, Path model, List<Tensor> inputs) throws Exception {
        try (OrtInstance instance = lane.load("test", model, 1, TensorDeclarations.NONE)) {
            Trial.run(instance, List.of());
            return instance.runAlone(inputs);
        }
    }
}
