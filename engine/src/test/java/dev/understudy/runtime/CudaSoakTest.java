package dev.understudy.runtime;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.ffm.cuda.CudaContext;
import dev.understudy.ffm.cuda.CudaFailure;
import dev.understudy.model.TensorDeclarations;
import dev.understudy.models.SyntheticModels;
import dev.understudy.tensor.Tensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// Two sessions used in turns do not take ever more of the GPU's memory, as has been reported of ONNX Runtime. Ten seconds by
/// default; `-Dunderstudy.gpu.soak=PT10M` for as long as it takes to believe it.
@Tag("gpu")
class CudaSoakTest {
    private static final Duration SOAK = Duration.parse(System.getProperty("understudy.gpu.soak", "PT10S"));
    private static final long MIB = 1 << 20;
    private static final int WARM_TURNS = 50;

    @RegisterExtension
    final Gpu gpu = new Gpu(CudaSettings.DEFAULT, Isolation.PRIORITY);

    @Test
    void twoSessionsInTurnsDoNotGrow(@TempDir Path folder) throws Exception {
        Path model = Files.write(folder.resolve("mlp.onnx"), SyntheticModels.mlp(512, 4));
        CudaContext context = gpu.context();
        Lane lane = gpu.lanes().challenger();
        long grown = lane.call("soak", () -> {
            try (OrtInstance one = lane.load("one", model, 1, TensorDeclarations.NONE);
                    OrtInstance other = lane.load("other", model, 1, TensorDeclarations.NONE)) {
                turns(one, other, WARM_TURNS);
                long before = used(context);
                long end = System.nanoTime() + SOAK.toNanos();
                while (System.nanoTime() - end < 0) {
                    turns(one, other, WARM_TURNS);
                }
                return used(context) - before;
            }
        });
        System.out.println("soak of " + SOAK + ": the GPU's memory in use grew by " + grown / MIB + " MiB");
        assertTrue(grown < 64 * MIB, "grew by " + grown / MIB + " MiB");
    }

    private static long used(CudaContext context) throws CudaFailure {
        return context.memory().totalBytes() - context.memory().freeBytes();
    }

    private static void turns(OrtInstance one, OrtInstance other, int turns) throws RunFailedException {
        for (int turn = 0; turn < turns; turn++) {
            for (int rows : new int[]{1, 32, 8, 64}) {
                List<Tensor> inputs = new ArrayList<>(CudaLanesTest.rows(rows, 512, turn));
                one.runAlone(inputs);
                other.runAlone(inputs);
            }
        }
    }
}
