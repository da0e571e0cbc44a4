package dev.understudy.runtime;

import dev.understudy.model.TensorDeclarations;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

/// Values go in and out of an instance on a GPU as they do of any other.
@Tag("gpu")
class CudaValuesTest extends OrtValuesTest {
    private Lanes lanes;

    CudaValuesTest(@TempDir Path folder) {
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
        return lanes.challenger().load("test", file, intraOpThreads, TensorDeclarations.NONE);
    }
}
