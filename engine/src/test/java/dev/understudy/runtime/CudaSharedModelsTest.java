package dev.understudy.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.understudy.model.SharedModels;
import dev.understudy.model.TensorDeclarations;
import dev.understudy.tensor.DataType;
import dev.understudy.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Models of many kinds answer on a GPU as they do on the processor, as far as float numbers allow: TF32 is off.
@Tag("gpu")
class CudaSharedModelsTest {
    private static final double TOLERANCE = 1e-3;

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

    private static void assertSame(Tensor expected, Tensor actual) {
        if (expected.datatype() != DataType.FP32) {
            assertEquals(-1, expected.data().mismatch(actual.data()), expected::toString);
            return;
        }
        float[] a = expected.data().toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
        float[] b = actual.data().toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
        double largest = 1e-6;
        for (float value : a) {
            largest = Float.isFinite(value) ? Math.max(largest, Math.abs(value)) : largest;
        }
        for (int i = 0; i < a.length; i++) {
            assertTrue(Float.compare(a[i], b[i]) == 0 || Math.abs(a[i] - b[i]) <= TOLERANCE * largest,
                    expected + " at " + i + ": " + a[i] + " and " + b[i]);
        }
    }
}
