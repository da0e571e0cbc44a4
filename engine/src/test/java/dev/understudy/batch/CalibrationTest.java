package dev.understudy.batch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.understudy.infer.InferenceRequest;
import dev.understudy.infer.Timings;
import dev.understudy.runtime.OrtInstance;
import dev.understudy.runtime.TestGraph;
import dev.understudy.tensor.DataType;
import dev.understudy.tensor.Shape;
import dev.understudy.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class CalibrationTest {
    private static final long LONG_NANOS = Long.MAX_VALUE / 16;

    private final Path folder;
    private final List<Timings> runs = new ArrayList<>();

    CalibrationTest(@TempDir Path folder) {
        this.folder = folder;
    }

    private RunTimes calibrate(String input, int rows, long rowsMax, long budgetNanos) throws Exception {
        Path file = TestGraph.identity(DataType.FP32, "n").write(folder.resolve("m.onnx"));
        Tensor tensor = Tensor.ofFloats(input, Shape.of(rows), new float[rows]);
        InferenceRequest request = new InferenceRequest("m", null, "id", null, List.of(tensor), List.of(), null, 0);
        try (OrtInstance instance = OrtInstance.load(file, 1)) {
            return Calibration.run(new BatchRunner(instance, runs::add), request, rowsMax, budgetNanos);
        }
    }

    private void assertRan(long... rowsOfEach) {
        assertEquals(LongStream.of(rowsOfEach).flatMap(rows -> LongStream.of(rows, rows, rows)).boxed().toList(),
                runs.stream().map(Timings::batchRows).toList());
    }

    @Test
    void everyPowerOfTwoAndThenTheMostIsRunAFewTimesAndKnownAfterwards() throws Exception {
        RunTimes times = calibrate("in", 1, 6, LONG_NANOS);
        assertRan(1, 2, 4, 6);
        assertEquals(6, times.rowsWithin(LONG_NANOS));
        assertEquals(1, times.rowsWithin(1), "no run takes a nanosecond");
    }

    @Test
    void aRequestOfSeveralRowsIsStackedAsOftenAsItFits() throws Exception {
        calibrate("in", 2, 7, LONG_NANOS);
        assertRan(2, 4, 6);
    }

    @Test
    void aRequestLargerThanARunMayBeIsRunAlone() throws Exception {
        RunTimes times = calibrate("in", 9, 8, LONG_NANOS);
        assertRan(9);
        assertEquals(1, times.rowsWithin(LONG_NANOS), "it teaches nothing of the runs there will be");
    }

    @Test
    @Timeout(60)
    void aRequestWithoutRowsComesToAnEndAndTeachesNothing() throws Exception {
        RunTimes times = calibrate("in", 0, 2, LONG_NANOS);
        assertRan(0, 0);
        assertEquals(1, times.rowsWithin(LONG_NANOS));
    }

    @Test
    void nothingLargerIsRunThanTakesFarTooLong() throws Exception {
        calibrate("in", 1, 8, 0);
        assertRan(1);
    }

    @Test
    void aRequestThatDoesNotSuitTheModelTeachesNothing() throws Exception {
        RunTimes times = calibrate("other", 1, 8, LONG_NANOS);
        assertRan();
        assertEquals(1, times.rowsWithin(LONG_NANOS));
    }
}
