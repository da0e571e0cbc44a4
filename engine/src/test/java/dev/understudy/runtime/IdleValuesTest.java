package dev.understudy.runtime;

import dev.understudy.model.TensorDeclarations;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/// Values go in and out of an instance that runs on a thread of the idle class as they do of any other.
class IdleValuesTest extends OrtValuesTest {
    IdleValuesTest(@TempDir Path folder) {
        super(folder);
    }

    @Override
    OrtInstance open(Path file, int intraOpThreads) throws ModelLoadException {
        return OrtInstance.loadIdle(file, intraOpThreads, TensorDeclarations.NONE);
    }

    @BeforeEach
    void theSystemHasAnIdleClass() {
        IdleInstanceTest.assumeIdleClass();
    }
}
