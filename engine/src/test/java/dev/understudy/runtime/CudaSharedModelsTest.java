package dev.understudy.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.understudy.diff.NumberReader;
import dev.understudy.model.SharedModels;
import dev.understudy.model.TensorDeclarations;
import dev.understudy.tensor.DataType;
import dev.understudy.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Models of many kinds answer on a GPU as they do on the processor, as far as float numbers allow: TF32 is off.
@Tag("gpu")
class CudaSharedModelsTest {
    @RegisterExtension
    final Gpu gpu = new Gpu(new CudaSettings(0, false, false, true, 32, 0), Isolation.PRIORITY);
    private int compared;

    @TestFactory
    Stream<DynamicTest> everyModelAnswersAsOnTheProcessor() throws IOException {
        Path shared = SharedModels.folder();
        return Stream.concat(
                SharedModels.all().stream().map(
                        model -> DynamicTest.dynamicTest(shared.relativize(model).toString(), () -> compare(model))),
                Stream.of(
                        DynamicTest.dynamicTest("of these some", () -> assertTrue(compared > 0, "none was compared"))));
    }

    private void compare(Path model) throws Exception {
        Answer expected = onProcessor(model);
        Lane lane = gpu.lanes().champion();
        List<Tensor> actual = lane.call("test", () -> {
            try (OrtInstance instance = lane.load("test", model, 1, TensorDeclarations.NONE)) {
                assumeTrue(instance.operatorsByProvider().containsKey("CUDAExecutionProvider"),
                        "none of its operators runs on a GPU");
                return instance.runAlone(expected.inputs());
            }
        });
        assertEquals(expected.outputs().toString(), actual.toString());
        for (int i = 0; i < actual.size(); i++) {
            assertSame(expected.outputs().get(i), actual.get(i));
        }
        compared++;
    }

    /// What the processor makes of made-up inputs.
    private record Answer(List<Tensor> inputs, List<Tensor> outputs) {}

    private static Answer onProcessor(Path model) {
        try (OrtInstance cpu = OrtInstance.load(model, 1)) {
            List<Tensor> inputs = Trial.madeUp(cpu.signature());
            return new Answer(inputs, cpu.runAlone(inputs));
        } catch (ModelLoadException e) {
            return abort("it cannot be served: " + e.reason());
        } catch (RunFailedException e) {
            return abort("no made-up input suits it: " + e.reason());
        }
    }

    /// Floats lie apart by what rounding at each step makes of the largest; all else is the same.
    private static void assertSame(Tensor expected, Tensor actual) {
        if (!expected.datatype().isFloatingPoint()) {
            assertEquals(-1, expected.data().mismatch(actual.data()), expected::toString);
            return;
        }
        double tolerance = tolerance(expected.datatype());
        double[] a = numbers(expected);
        double[] b = numbers(actual);
        double largest = Arrays.stream(a).filter(Double::isFinite).map(Math::abs).reduce(1e-6, Math::max);
        for (int i = 0; i < a.length; i++) {
            assertTrue(Double.compare(a[i], b[i]) == 0 || Math.abs(a[i] - b[i]) <= tolerance * largest,
                    expected + " at " + i + ": " + a[i] + " and " + b[i]);
        }
    }

    /// About ten times the distance between neighbours for those of two bytes, which leave little more.
    private static double tolerance(DataType datatype) {
        return switch (datatype) {
            case FP64 -> 1e-9;
            case FP16 -> 1e-2;
            case BF16 -> 8e-2;
            default -> 1e-3;
        };
    }

    private static double[] numbers(Tensor tensor) {
        NumberReader reader = NumberReader.of(tensor.datatype());
        return IntStream.range(0, Math.toIntExact(tensor.shape().elements()))
                .mapToDouble(i -> reader.at(tensor.data(), i)).toArray();
    }
}
