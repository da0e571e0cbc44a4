package dev.understudy.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.understudy.champion.ChampionLine;
import dev.understudy.model.ModelConfig;
import dev.understudy.model.ModelVersion;
import dev.understudy.roles.NoiseFile;
import dev.understudy.runtime.CpuLanes;
import dev.understudy.runtime.Isolation;
import dev.understudy.runtime.Lanes;
import dev.understudy.runtime.TestGraph;
import dev.understudy.runtime.TestLanes;
import dev.understudy.shadow.Governor;
import dev.understudy.shadow.HeapBudget;
import dev.understudy.shadow.RunMarks;
import dev.understudy.tensor.DataType;
import dev.understudy.verdict.Pair;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostedModelTest {
    private static final ModelVersion CHAMPION = new ModelVersion("m", "1", "c".repeat(64), Path.of("m.onnx"), 0);

    private static String noiseKey(String numerics) {
        try (Lanes lanes = TestLanes.asOnAGpu(numerics);
                Governor governor = new Governor(lanes, 1, new HeapBudget(1), RunMarks.inMemory(1), loss -> {})) {
            return new HostedModel("m", governor).noiseKey(CHAMPION);
        }
    }

    private static Pair pair(String numerics, ChampionLine beside) {
        try (Lanes lanes = TestLanes.asOnAGpu(numerics);
                Governor governor = new Governor(lanes, 1, new HeapBudget(1), RunMarks.inMemory(1), loss -> {})) {
            return new HostedModel("m", governor).pair(beside, "d".repeat(64));
        }
    }

    @Test
    void evidenceTakenWithOtherNumericsIsKeptApart(@TempDir Path folder) throws Exception {
        Path file = TestGraph.identity(DataType.FP32, "n").write(folder.resolve("m.onnx"));
        try (ChampionLine line = new ChampionLine(CpuLanes.open(Isolation.NONE, refusal -> {}).champion(),
                new ModelVersion("m", "1", "c".repeat(64), file, 0), ModelConfig.DEFAULT, 1 << 20,
                (request, outcome) -> {}, fault -> {}, loss -> {})) {
            Pair tf32 = pair("tf32=1 nhwc=0", line);
            assertEquals(tf32, pair("tf32=1 nhwc=0", line));
            assertNotEquals(tf32, pair("tf32=0 nhwc=0", line));
            assertNotEquals(tf32, pair("", line));
        }
    }

    @Test
    void noiseMeasuredWithOtherNumericsIsKeptApart(@TempDir Path folder) throws Exception {
        NoiseFile file = new NoiseFile(folder.resolve("noise"));
        List<String> all = List.of("", "tf32=1 nhwc=0", "tf32=0 nhwc=0", "tf32=1 nhwc=1");
        for (String numerics : all) {
            assertEquals(Optional.empty(), file.read("m", noiseKey(numerics)), numerics);
            file.write("m", noiseKey(numerics), "measured with " + numerics);
        }
        for (String numerics : all) {
            assertEquals(Optional.of("measured with " + numerics), file.read("m", noiseKey(numerics)));
        }
        assertEquals(CHAMPION.sha256(), noiseKey(""), "on the processors as before there were GPUs");
    }
}
