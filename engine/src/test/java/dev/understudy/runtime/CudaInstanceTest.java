package dev.understudy.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.model.TensorDeclarations;
import dev.understudy.models.SyntheticModels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// Whatever holds of an instance holds of one that runs on a GPU's stream.
@Tag("gpu")
class CudaInstanceTest extends OrtInstanceTest {
    @RegisterExtension
    final Gpu gpu = new Gpu(CudaSettings.DEFAULT, Isolation.PRIORITY);

    CudaInstanceTest(@TempDir Path folder) {
        super(folder);
    }

    @Override
    OrtInstance open(Path file, int intraOpThreads) throws ModelLoadException {
        return gpu.lanes().champion().load("test", file, intraOpThreads, TensorDeclarations.NONE);
    }

    @Test
    void theMemoryOfASessionIsKnownWhileItIsOpen() throws Exception {
        Path model = Files.write(folder.resolve("large.onnx"), SyntheticModels.mlp(1024, 2));
        Lane.Census census = gpu.lanes().champion().census();
        DeviceTime use;
        try (OrtInstance instance = open(model, 1)) {
            use = census.end();
            instance.runAlone(Trial.madeUp(instance.signature()));
            SessionMemory memory = use.memory().orElseThrow();
            assertTrue(memory.peakBytes() >= 8 << 20, "8 MiB of weights: " + memory);
            assertTrue(memory.bytes() >= memory.peakBytes() && memory.bytes() < 1L << 30, memory::toString);
        }
        assertEquals(Optional.empty(), use.memory(), "a closed session has none");
    }

    @Test
    void theTimeOfARunOnTheGpuIsKnownAndCounted() throws Exception {
        Path model = Files.write(folder.resolve("mlp.onnx"), SyntheticModels.mlp(64, 2));
        try (OrtInstance before = open(model, 1)) {
            Lane.Census census = gpu.lanes().champion().census();
            try (OrtInstance instance = open(model, 1)) {
                DeviceTime time = census.end();
                try (OrtInstance after = open(model, 1)) {
                    for (OrtInstance other : List.of(before, after)) {
                        other.runAlone(Trial.madeUp(other.signature()));
                        assertTrue(other.deviceNanos().orElseThrow() > 0, "no run takes no time");
                        assertEquals(0, time.nanos(), "it was not loaded between the census and its end");
                    }
                }
                // The first run is done more than once, to prove its stream.
                instance.runAlone(Trial.madeUp(instance.signature()));
                long sum = time.nanos();
                for (int run = 0; run < 3; run++) {
                    instance.runAlone(Trial.madeUp(instance.signature()));
                    sum += instance.deviceNanos().orElseThrow();
                    assertTrue(instance.deviceNanos().orElseThrow() > 0, "no run takes no time");
                    assertEquals(sum, time.nanos());
                }
            }
        }
    }

    @Test
    void everyOperatorOfAPerceptronRunsOnTheGpu() throws Exception {
        Path model = Files.write(folder.resolve("mlp.onnx"), SyntheticModels.mlp(64, 2));
        try (OrtInstance instance = open(model, 1)) {
            assertEquals(Set.of("CUDAExecutionProvider"), instance.operatorsByProvider().keySet());
        }
    }
}
