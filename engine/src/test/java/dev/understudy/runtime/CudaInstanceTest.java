package dev.understudy.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.understudy.model.TensorDeclarations;
import dev.understudy.models.SyntheticModels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Whatever holds of an instance holds of one that runs on a GPU's stream.
@Tag("gpu")
class CudaInstanceTest extends OrtInstanceTest {
    private Lanes lanes;

    CudaInstanceTest(@TempDir Path folder) {
        super(folder);
    }

    @BeforeEach
    void thereIsAGpu() {
        lanes = Gpu.lanes(CudaSettings.DEFAULT, Isolation.PRIORITY);
    }

    @AfterEach
    void theGpuIsGivenBack() {
        if (lanes != null) {
            lanes.close();
        }
    }

    @Override
    OrtInstance open(Path file, int intraOpThreads) throws ModelLoadException {
        return lanes.champion().load("test", file, intraOpThreads, TensorDeclarations.NONE);
    }

    @Test
    void theTimeOfARunOnTheGpuIsKnownAndCounted() throws Exception {
        Path model = Files.write(folder.resolve("mlp.onnx"), SyntheticModels.mlp(64, 2));
        Lane.Census census = lanes.champion().census();
        try (OrtInstance instance = open(model, 1)) {
            DeviceTime time = census.end();
            long before = time.nanos();
            instance.runAlone(Trial.madeUp(instance.signature()));
            assertEquals(instance.deviceNanos().orElseThrow(), time.nanos() - before);
            List<String> onCpu = instance.operatorsByProvider().getOrDefault("CPUExecutionProvider", List.of());
            assertEquals(List.of(), onCpu);
        }
    }
}
