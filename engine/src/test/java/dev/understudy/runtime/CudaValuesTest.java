package dev.understudy.runtime;

import dev.understudy.model.TensorDeclarations;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// Values go in and out of an instance on a GPU as they do of any other.
@Tag("gpu")
class CudaValuesTest extends OrtValuesTest {
    @RegisterExtension
    final Gpu gpu = new Gpu(CudaSettings.DEFAULT, Isolation.PRIORITY);

    CudaValuesTest(@TempDir Path folder) {
        super(folder);
    }

    @Override
    OrtInstance open(Path file, int intraOpThreads) throws ModelLoadException {
        return gpu.lanes().challenger().load("test", file, intraOpThreads, TensorDeclarations.NONE);
    }
}
