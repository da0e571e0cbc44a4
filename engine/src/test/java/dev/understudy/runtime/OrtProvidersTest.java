package dev.understudy.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtProvider;
import dev.understudy.ffm.ort.OrtApi;
import dev.understudy.ffm.ort.OrtFailure;
import dev.understudy.ffm.ort.Session;
import dev.understudy.ffm.ort.SessionOptions;
import dev.understudy.models.SyntheticModels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What ONNX Runtime says of its execution providers.
class OrtProvidersTest {
    @Test
    void aSessionTellsWhichProviderRunsWhichOperators(@TempDir Path folder) throws Exception {
        Path model = Files.write(folder.resolve("mlp.onnx"), SyntheticModels.mlp(4, 2));
        OrtApi api = OrtNatives.api();
        try (SessionOptions options = new SessionOptions(api)) {
            options.entry("session.record_ep_graph_assignment_info", "1");
            try (Session session = new Session(api, model, options, null)) {
                Map<String, List<String>> operators = session.operatorsByProvider();
                assertEquals(List.of("CPUExecutionProvider"), List.copyOf(operators.keySet()));
                assertTrue(operators.getOrDefault("CPUExecutionProvider", List.of()).contains("Gemm"),
                        operators::toString);
            }
        }
    }

    @Test
    void theLibrarysReleaseAndProvidersAreThoseThatItsOwnJavaApiTells() throws Exception {
        OrtApi api = OrtNatives.api();
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        assertEquals(environment.getVersion(), api.release());
        assertEquals(OrtEnvironment.getAvailableProviders().stream().map(OrtProvider::getName).sorted().toList(),
                api.providers().stream().sorted().toList());
        assertTrue(api.providers().contains("CPUExecutionProvider"), api.providers()::toString);
    }

    @Test
    void settingsThatCudaDoesNotKnowAreRefusedOrCudaIsNotThere() throws Exception {
        try (SessionOptions options = new SessionOptions(OrtNatives.api())) {
            String text = "";
            try {
                var unused = options.cuda(Map.of("no_such_setting", "1"));
            } catch (OrtFailure e) {
                text = e.text();
            }
            assertTrue(text.contains("no_such_setting") || text.contains("CUDA"), text);
        }
    }
}
