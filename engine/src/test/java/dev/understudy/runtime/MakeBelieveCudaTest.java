package dev.understudy.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The whole lane where there is no GPU: ONNX Runtime's real CUDA provider on a make-believe CUDA that this test compiles.
/// Opt-in, since the provider is large: `-Dunderstudy.cuda.natives=DIR`, where the libraries of a build for CUDA 13 lie
/// (`lib/native/linux-x64` of one with `-Pcuda13`). Proves streams, gates, faults and lifetimes; says nothing about speed.
class MakeBelieveCudaTest {
    private static final long LIMIT_SECONDS = 120;

    @Test
    void theLaneHoldsOnTheRealProviderWhateverTheDriverDoes(@TempDir Path folder) throws Exception {
        String natives = System.getProperty("understudy.cuda.natives", "");
        Path provider = Path.of(natives, "libonnxruntime_providers_cuda.so");
        assumeTrue(!natives.isEmpty() && Files.exists(provider), "no -Dunderstudy.cuda.natives");
        Path script = Path.of("src/test/cuda/make-believe-cuda.sh").toAbsolutePath();
        Path libraries = folder.resolve("cuda");
        assertEquals(0, run(folder, Map.of(), List.of(script.toString(), provider.toString(), libraries.toString())),
                () -> output(folder));
        String classes = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        assertEquals(0, run(folder, Map.of("LD_LIBRARY_PATH", natives + File.pathSeparator + libraries),
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED", "-Donnxruntime.native.path=" + natives, "-cp", classes,
                        MakeBelieveStage.class.getName(), folder.toString())),
                () -> output(folder));
        assertEquals("all held", output(folder).lines().reduce("", (earlier, later) -> later), () -> output(folder));
    }

    private static int run(Path folder, Map<String, String> environment, List<String> command)
            throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true)
                .redirectOutput(Redirect.to(folder.resolve("output").toFile()));
        builder.environment().putAll(environment);
        Process process = builder.start();
        try {
            return process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS) ? process.exitValue() : -1;
        } finally {
            process.destroyForcibly();
        }
    }

    private static String output(Path folder) {
        try {
            return Files.readString(folder.resolve("output"));
        } catch (IOException e) {
            return e.toString();
        }
    }
}
