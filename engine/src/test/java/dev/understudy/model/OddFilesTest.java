package dev.understudy.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What lies in a repository by mistake and must not stop the watch on the rest.
@Timeout(120)
class OddFilesTest {
    private final Path folder;
    private final Stage stage;

    OddFilesTest(@TempDir Path folder) throws IOException {
        this.folder = folder;
        stage = new Stage(folder);
        stage.write("digits/1.onnx", "one");
        stage.look(1000);
    }

    private void pipe(String name) throws IOException, InterruptedException {
        Path pipe = stage.repository.resolve(name);
        Files.createDirectories(pipe.getParent());
        assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).inheritIO().start().waitFor());
    }

    @Test
    void aPipeIsOpenedUnderNoName() throws Exception {
        pipe("digits/2.onnx");
        pipe("digits/3/model.onnx");
        pipe("digits/model.yaml");
        pipe("ads/config.pbtxt");
        stage.write("ads/1.onnx", "ads");
        assertEquals(List.of("ads configured", "ads misconfigured: config.pbtxt: it cannot be read: not a file",
                "ads/1 settled", "digits misconfigured: it cannot be read: not a file"), stage.settle());
        stage.write("digits/4.onnx", "four");
        assertEquals(List.of("digits/4 settled"), stage.settle());
    }

    /// Reading it fails, as reading any file does while too many are open, and its stamp stays as it is.
    @Test
    void aConfigurationThatCannotBeReadIsReportedOnceAndTriedAgain() throws IOException {
        Path yaml = Files.createSymbolicLink(stage.repository.resolve("digits/model.yaml"), Path.of("/proc/self/mem"));
        assertEquals(1, stage.settle().stream()
                .filter(event -> event.startsWith("digits misconfigured: it cannot be read")).count());
        for (int again = 0; again < 3; again++) {
            RepositoryScanner.Scan scan = stage.look(2000);
            assertEquals(List.of(), scan.events());
            assertEquals(Stage.CONFIG.rescanNanos(), scan.dueNanos());
        }
        Files.delete(yaml);
        stage.write("digits/model.yaml", "max_batch_size: 8".getBytes(StandardCharsets.UTF_8));
        assertEquals(List.of("digits configured, batch 8"), stage.settle());
    }

    /// Read to its end, it would keep the watcher for as long as a disk takes to read a tebibyte.
    @Test
    void aFileOfAnySizeIsRefusedWithoutReadingItAll() throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(
                stage.repository.resolve("digits/2.onnx").toFile(), "rw")) {
            file.setLength(1L << 40);
        }
        List<String> events = stage.settle();
        assertEquals(1, events.size(), events::toString);
        assertTrue(events.getFirst().startsWith("digits/2 unusable: the file is larger than the 2 GiB"),
                events::toString);
    }

    @Test
    void onlyTheFirstBytesOfAFileAreHashedWhereThatIsAskedFor() throws Exception {
        Path file = Files.write(folder.resolve("file"), new byte[3 << 20]);
        Path start = Files.write(folder.resolve("start"), new byte[(1 << 20) + 5]);
        String hash = ObjectCopy.hash(start, Long.MAX_VALUE, () -> false);
        assertEquals(hash, ObjectCopy.hash(file, (1 << 20) + 5, () -> false));
        assertEquals(hash, ObjectCopy.hash(start, Files.size(start), () -> false));
    }

    /// The room that is left differs from try to try; the condition is one.
    @Test
    void aVersionThatDoesNotFitTheStoreIsToldOfOnce() throws IOException {
        stage.write("digits/2/model.onnx", OnnxBytes.withExternal("weights"));
        try (RandomAccessFile weights = new RandomAccessFile(
                stage.repository.resolve("digits/2/weights").toFile(), "rw")) {
            weights.setLength(1L << 42);
        }
        stage.settle();
        Path filler = folder.resolve("filler");
        for (int again = 1; again < 5; again++) {
            Files.write(filler, new byte[again << 20]);
            stage.look(120_000);
        }
        assertEquals(1, stage.warnings.size(), stage.warnings::toString);
        assertTrue(stage.warnings.getFirst().contains("has no room for its"), stage.warnings::toString);
    }
}
