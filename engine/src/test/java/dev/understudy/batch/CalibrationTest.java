package dev.understudy.batch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.understudy.infer.InferenceRequest;
import dev.understudy.runtime.OrtInstance;
import dev.understudy.runtime.TestGraph;
import dev.understudy.tensor.DataType;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.Tensor;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class CalibrationTest {
    private static final long LONG_NANOS = Long.MAX_VALUE / 16;

    @Test
    @Timeout(60)
    void aRequestWithoutRowsIsNotStacked(@TempDir Path folder) throws Exception {
        Path file = TestGraph.identity(DataType.FP32, "n").write(folder.resolve("m.onnx"));
        Tensor none = Tensor.ofFloats("in", Shape.of(0), new float[0]);
        InferenceRequest request = new InferenceRequest("m", null, "id", null, List.of(none), List.of(), null, 0);
        AtomicInteger runs = new AtomicInteger();
        try (OrtInstance instance = OrtInstance.load(file, 1)) {
            Calibration.run(new BatchRunner(instance, timings -> runs.incrementAndGet()), request, 1, LONG_NANOS);
        }
        assertEquals(3, runs.get());
    }
}
