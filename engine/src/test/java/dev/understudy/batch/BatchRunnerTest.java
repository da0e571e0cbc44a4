package dev.understudy.batch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.infer.InferenceRequest;
import dev.understudy.infer.Timings;
import dev.understudy.models.Digits;
import dev.understudy.models.SyntheticModels;
import dev.understudy.runtime.OrtInstance;
import dev.understudy.runtime.TestGraph;
import dev.understudy.runtime.Trial;
import dev.understudy.tensor.DataType;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.Tensor;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class BatchRunnerTest {
    private static final long SEED = 20_261_122;
    private static final int WIDTH = 24;
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED
            .withOrder(ByteOrder.LITTLE_ENDIAN);

    private final List<Timings> runs = new ArrayList<>();

    @Property(tries = 60)
    void everyAnswerBelongsToItsRequest(@ForAll @Size(min = 1, max = 9) List<@IntRange(min = 0, max = 5) Integer> rows)
            throws Exception {
        runs.clear();
        try (OrtInstance instance = load(SyntheticModels.identity(WIDTH))) {
            Trial.run(instance, List.of());
            List<InferenceRequest> requests = requests(rows);
            List<RunOutcome> outcomes = new BatchRunner(instance, runs::add).run(requests);
            assertEquals(requests.size(), outcomes.size());
            for (int i = 0; i < rows.size(); i++) {
                Tensor in = requests.get(i).inputs().getFirst();
                Tensor out = answer(outcomes.get(i)).getFirst();
                assertEquals(in.shape(), out.shape());
                assertEquals(-1, in.data().mismatch(out.data()), "request " + i + " of " + rows);
            }
            assertEquals(List.of((long) rows.stream().mapToInt(Integer::intValue).sum()),
                    runs.stream().map(Timings::batchRows).toList(), "one run for all");
        }
    }

    @Property(tries = 25)
    void requestsStackedAreAnsweredAsEachAlone(
            @ForAll @Size(min = 2, max = 9) List<@IntRange(min = 1, max = 5) Integer> rows)
            throws Exception {
        try (OrtInstance instance = load(SyntheticModels.mlp(WIDTH, 3))) {
            Trial.run(instance, List.of());
            BatchRunner runner = new BatchRunner(instance, runs::add);
            List<InferenceRequest> requests = requests(rows);
            List<RunOutcome> together = runner.run(requests);
            for (int i = 0; i < rows.size(); i++) {
                float[] alone = answer(runner.run(List.of(requests.get(i))).getFirst()).getFirst().data()
                        .toArray(FLOAT);
                float[] stacked = answer(together.get(i)).getFirst().data().toArray(FLOAT);
                assertEquals(alone.length, stacked.length);
                for (int j = 0; j < alone.length; j++) {
                    assertEquals(alone[j], stacked[j], 1e-5f * (1 + Math.abs(alone[j])), "seed " + SEED + " " + rows);
                }
            }
        }
    }

    @Test
    void requestsWithoutRowsAreAnsweredTogether() throws Exception {
        try (OrtInstance instance = load(SyntheticModels.identity(WIDTH))) {
            for (RunOutcome outcome : new BatchRunner(instance, runs::add).run(requests(List.of(0, 0, 0)))) {
                assertEquals(Shape.of(0, WIDTH), answer(outcome).getFirst().shape());
            }
        }
    }

    @Test
    void aRequestThatFailsFailsAlone() throws Exception {
        Path throwing = Path.of("../models/challengers/faulty/throws.onnx");
        try (OrtInstance instance = OrtInstance.load(throwing, 1)) {
            InferenceRequest good = request("image", Tensor.ofFloats("image", Shape.of(1, Digits.PIXELS),
                    new float[Digits.PIXELS]));
            InferenceRequest bad = request("image", Tensor.ofFloats("image", Shape.of(1, Digits.PIXELS),
                    Digits.load().heldOut().getFirst().pixels()));
            List<RunOutcome> outcomes = new BatchRunner(instance, runs::add).run(List.of(good, bad, good));
            RunOutcome.Failed failed = assertInstanceOf(RunOutcome.Failed.class, outcomes.get(1));
            assertFalse(failed.cancelled());
            assertTrue(failed.message().contains("looked_up"), failed.message());
            assertEquals(-1, answer(outcomes.get(0)).getFirst().data()
                    .mismatch(answer(outcomes.get(2)).getFirst().data()));
            assertEquals(List.of(1L, 1L), runs.stream().map(Timings::batchRows).toList(), "only runs that succeeded");
        }
    }

    @Test
    void outputsThatCannotBeSplitAreRunRequestByRequest() throws Exception {
        TestGraph sum = new TestGraph().input("in", DataType.FP32, "n", "" + WIDTH)
                .output("out", DataType.FP32, "m", "" + WIDTH)
                .node("out", "ReduceSum", List.of("in", "axis")).longs("axis", new long[]{0}, 1);
        TestGraph scalar = new TestGraph().input("in", DataType.FP32, "n", "" + WIDTH).output("out", DataType.FP32)
                .node("out", "ReduceSum", List.of("in"), TestGraph.attribute("keepdims", 0));
        for (TestGraph graph : List.of(sum, scalar)) {
            runs.clear();
            try (OrtInstance instance = load(graph)) {
                BatchRunner runner = new BatchRunner(instance, runs::add);
                List<InferenceRequest> requests = requests(List.of(1, 2, 3));
                List<RunOutcome> together = runner.run(requests);
                assertEquals(List.of(1L, 2L, 3L), runs.stream().map(Timings::batchRows).toList());
                for (int i = 0; i < 3; i++) {
                    Tensor alone = answer(runner.run(List.of(requests.get(i))).getFirst()).getFirst();
                    Tensor answer = answer(together.get(i)).getFirst();
                    assertEquals(alone.toString(), answer.toString());
                    assertEquals(-1, alone.data().mismatch(answer.data()));
                }
            }
        }
    }

    @Test
    void stringInputsAreStackedInOrder() throws Exception {
        TestGraph graph = new TestGraph().input("in", DataType.BYTES, "n").output("out", DataType.INT64, "n")
                .node("out", "Cast", List.of("in"), TestGraph.attribute("to", 7));
        try (OrtInstance instance = load(graph)) {
            List<RunOutcome> outcomes = new BatchRunner(instance, runs::add).run(List.of(
                    request("in", Tensor.ofStrings("in", Shape.of(2), "1", "22")),
                    request("in", Tensor.ofStrings("in", Shape.of(1), "-333"))));
            assertEquals(List.of(3L), runs.stream().map(Timings::batchRows).toList());
            ValueLayout.OfLong number = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
            assertEquals(22, answer(outcomes.get(0)).getFirst().data().getAtIndex(number, 1));
            assertEquals(-333, answer(outcomes.get(1)).getFirst().data().getAtIndex(number, 0));
        }
    }

    @Test
    void inputsAreGatheredByNameWhateverTheirOrder() throws Exception {
        TestGraph graph = new TestGraph().input("a", DataType.FP32, "n", "1").input("b", DataType.FP32, "n", "1")
                .output("out", DataType.FP32, "n", "1").node("out", "Sub", List.of("a", "b"));
        try (OrtInstance instance = load(graph)) {
            Tensor a = Tensor.ofFloats("a", Shape.of(1, 1), 5);
            Tensor b = Tensor.ofFloats("b", Shape.of(1, 1), 3);
            InferenceRequest inOrder = request("m", a, b);
            InferenceRequest reversed = request("m", b, a);
            assertTrue(BatchRunner.joins(instance.signature(), inOrder, reversed));
            for (RunOutcome outcome : new BatchRunner(instance, runs::add).run(List.of(inOrder, reversed))) {
                assertEquals(2, answer(outcome).getFirst().data().get(FLOAT, 0));
            }
        }
    }

    @Test
    void aMissingInputFailsItsRequestOnly() throws Exception {
        try (OrtInstance instance = load(SyntheticModels.identity(2))) {
            RunOutcome.Failed failed = assertInstanceOf(RunOutcome.Failed.class, new BatchRunner(instance, runs::add)
                    .run(List.of(request("m", Tensor.ofFloats("x", Shape.of(1, 2), 1, 2)))).getFirst());
            assertEquals("input 'input' is missing", failed.message());
        }
    }

    @Test
    void stringOutputsAreSplitIntoRows() throws Exception {
        TestGraph graph = TestGraph.identity(DataType.BYTES, "n", "2");
        try (OrtInstance instance = load(graph)) {
            Tensor two = Tensor.ofBytes("in", Shape.of(2, 2), new byte[]{0, (byte) 0xff}, new byte[0],
                    "longer than that".getBytes(StandardCharsets.UTF_8), new byte[]{1});
            Tensor none = Tensor.ofStrings("in", Shape.of(0, 2));
            Tensor one = Tensor.ofStrings("in", Shape.of(1, 2), "", "\uD83D\uDE00");
            List<RunOutcome> outcomes = new BatchRunner(instance, runs::add)
                    .run(List.of(request("m", two), request("m", none), request("m", one)));
            assertEquals(List.of(3L), runs.stream().map(Timings::batchRows).toList());
            List<Tensor> inputs = List.of(two, none, one);
            for (int i = 0; i < inputs.size(); i++) {
                Tensor out = answer(outcomes.get(i)).getFirst();
                assertEquals(inputs.get(i).shape(), out.shape());
                assertEquals(-1, inputs.get(i).data().mismatch(out.data()), "request " + i);
            }
        }
    }

    @Test
    void anInputThatIsLeftOutHasItsDefaultAlsoAfterARequestThatGaveIt() throws Exception {
        TestGraph graph = new TestGraph().input("in", DataType.FP32, "n", "1").input("offset", DataType.FP32, "1")
                .floats("offset", new float[]{10}, 1).output("out", DataType.FP32, "n", "1")
                .node("out", "Add", List.of("in", "offset"));
        try (OrtInstance instance = load(graph)) {
            Trial.run(instance, List.of());
            BatchRunner runner = new BatchRunner(instance, runs::add);
            Tensor in = Tensor.ofFloats("in", Shape.of(1, 1), 1);
            InferenceRequest plain = request("m", in);
            InferenceRequest shifted = request("m", Tensor.ofFloats("offset", Shape.of(1), 5), in);
            for (int i = 0; i < 2; i++) {
                assertEquals(11, answer(runner.run(List.of(plain)).getFirst()).getFirst().data().get(FLOAT, 0));
                assertEquals(6, answer(runner.run(List.of(shifted)).getFirst()).getFirst().data().get(FLOAT, 0));
            }
            assertTrue(BatchRunner.joins(instance.signature(), plain, plain));
            assertFalse(BatchRunner.joins(instance.signature(), plain, shifted));
            assertFalse(BatchRunner.joins(instance.signature(), shifted, shifted), "an offset has no rows to stack");
        }
    }

    @Test
    void rowsAreCountedByAnInputThatEveryRequestNeedsWhateverComesFirst() throws Exception {
        TestGraph graph = new TestGraph().input("offset", DataType.FP32, "1").input("in", DataType.FP32, "n", "1")
                .floats("offset", new float[]{10}, 1).output("out", DataType.FP32, "n", "1")
                .node("out", "Add", List.of("in", "offset"));
        try (OrtInstance instance = load(graph)) {
            InferenceRequest shifted = request("m", Tensor.ofFloats("offset", Shape.of(1), 5),
                    Tensor.ofFloats("in", Shape.of(3, 1), 1, 2, 3));
            answer(new BatchRunner(instance, runs::add).run(List.of(shifted)).getFirst());
            assertEquals(List.of(3L), runs.stream().map(Timings::batchRows).toList());
        }
    }

    private static List<InferenceRequest> requests(List<Integer> rows) {
        SplittableRandom random = new SplittableRandom(SEED);
        List<InferenceRequest> requests = new ArrayList<>();
        for (int count : rows) {
            float[] values = new float[count * WIDTH];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) random.nextGaussian();
            }
            Tensor tensor = Tensor.ofFloats("in", Shape.of(count, WIDTH), values);
            requests.add(request("m", tensor, tensor.renamed("input")));
        }
        return requests;
    }

    private static InferenceRequest request(String model, Tensor... inputs) {
        return new InferenceRequest(model, null, "id", null, List.of(inputs), List.of(), null, 0);
    }

    private static List<Tensor> answer(RunOutcome outcome) {
        return assertInstanceOf(RunOutcome.Answered.class, outcome).outputs();
    }

    private static OrtInstance load(byte[] model) throws Exception {
        Path file = Files.createTempFile("understudy", ".onnx");
        try {
            return OrtInstance.load(Files.write(file, model), 1);
        } finally {
            Files.delete(file);
        }
    }

    private static OrtInstance load(TestGraph graph) throws Exception {
        Path file = Files.createTempFile("understudy", ".onnx");
        try {
            return OrtInstance.load(graph.write(file), 1);
        } finally {
            Files.delete(file);
        }
    }
}
