package dev.understudy.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.ffm.ort.ElementType;
import dev.understudy.ffm.ort.Invocation;
import dev.understudy.ffm.ort.OrtApi;
import dev.understudy.ffm.ort.OrtFailure;
import dev.understudy.ffm.ort.Session;
import dev.understudy.ffm.ort.SessionOptions;
import dev.understudy.ffm.ort.TensorValue;
import dev.understudy.tensor.DataType;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Why a run that fails is not blamed on its request, whatever ONNX Runtime calls it.
final class RunFailureCodesTest {
    private final Path folder;

    RunFailureCodesTest(@TempDir Path folder) {
        this.folder = folder;
    }

    private OrtFailure failure(TestGraph graph, long input) throws Exception {
        OrtApi api = OrtNatives.api();
        Path file = graph.write(folder.resolve("m.onnx"));
        try (SessionOptions options = new SessionOptions(api);
                Session session = new Session(api, file, options, null);
                Invocation invocation = new Invocation(session);
                Arena arena = Arena.ofConfined();
                TensorValue tensor = TensorValue.over(api, arena.allocateFrom(ValueLayout.JAVA_LONG, input),
                        ElementType.INT64, 1)) {
            invocation.feed(0, tensor);
            return assertThrows(OrtFailure.class, invocation::run);
        }
    }

    private static TestGraph table() {
        return new TestGraph().input("in", DataType.INT64, "1").floats("table", new float[]{1, 2}, 2)
                .output("out", DataType.FP32, "1");
    }

    @Test
    void anIndexOfTheRequestsAndOneOfTheModelsOwnOutOfRangeLookTheSame() throws Exception {
        OrtFailure requests = failure(table().node("out", "Gather", List.of("table", "in")), 9);
        OrtFailure models = failure(
                table().longs("offset", new long[]{9}, 1).node("index", "Add", List.of("in", "offset"))
                        .node("out", "Gather", List.of("table", "index")),
                0);
        assertTrue(requests.isInvalidArgument() && models.isInvalidArgument(), requests.text() + models.text());
        assertEquals(requests.text(), models.text());
    }
}
