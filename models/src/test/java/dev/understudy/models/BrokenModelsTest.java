package dev.understudy.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BrokenModelsTest {
    @ParameterizedTest
    @ValueSource(strings = {"garbage", "truncated", "fails-to-load"})
    void whatIsNoModelDoesNotLoad(String name) {
        assertThrows(OrtException.class, () -> new OrtModel(file(name)).close());
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {"wrong-input; image FLOAT [-1, 63]; probabilities FLOAT [-1, 10]",
        "wrong-datatype; image DOUBLE [-1, 64]; probabilities FLOAT [-1, 10]",
        "wrong-output; image FLOAT [-1, 64]; scores FLOAT [-1, 10]",
        "nine-classes; image FLOAT [-1, 64]; probabilities FLOAT [-1, 9]"})
    void whatCannotBePairedLoadsAndDiffersInOnePointOfItsSignature(String name, String input, String output)
            throws OrtException {
        try (var model = new OrtModel(file(name))) {
            assertEquals(List.of(input, output), model.signature());
        }
    }

    @Test
    void whatCrashesTakesItsProcessWithIt(@TempDir Path folder) throws Exception {
        Path log = folder.resolve("log");
        Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:-CreateCoredumpOnCrash", "--enable-native-access=ALL-UNNAMED", "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                Loading.class.getName(), Committed.ROOT.resolve(path("crashes")).toAbsolutePath().toString())
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        int exit = process.waitFor();
        String output = Files.readString(log);
        assertTrue(output.contains(Loading.STARTED) && !output.contains(Loading.ENDED), output);
        assertTrue(exit > 128, () -> "ended by a signal, not by " + exit);
    }

    /// The child process: loads one file.
    static final class Loading {
        static final String STARTED = "loading starts";
        static final String ENDED = "loading ended";

        private Loading() {}

        public static void main(String[] arguments) throws IOException, OrtException {
            byte[] file = Files.readAllBytes(Path.of(arguments[0]));
            System.out.println(STARTED);
            new OrtModel(file).close();
            System.out.println(ENDED);
        }
    }

    private static byte[] file(String name) {
        return Committed.bytes(path(name));
    }

    private static String path(String name) {
        return "challengers/broken/" + name + ".onnx";
    }
}
