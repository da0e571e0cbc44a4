package dev.understudy.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RepositoryScannerTest {
    private final Path folder;
    private final Stage stage;

    RepositoryScannerTest(@TempDir Path folder) {
        this.folder = folder;
        stage = new Stage(folder);
    }

    private void startEmpty() {
        assertEquals(List.of(), Stage.tell(stage.look(0).events()));
    }

    @Test
    void whatWasThereBeforeTheStartIsSettledAtTheFirstLook() throws IOException {
        stage.write("digits/10.onnx", "ten");
        stage.write("digits/2/model.onnx", "two");
        stage.write("digits/better.onnx", "better");
        stage.write("digits/model.onnx", "top");
        stage.write("digits/model.yaml", "max_batch_size: 8".getBytes(StandardCharsets.UTF_8));
        stage.write("ads/1.onnx", "ads");
        stage.write("ads/config.pbtxt", new byte[0]);
        assertEquals(List.of("ads configured, highest", "ads/1 settled", "digits configured, batch 8",
                "digits/2 settled", "digits/10 settled", "digits/better settled", "digits/model settled"),
                Stage.tell(stage.look(500).events()));
        assertEquals(List.of(), stage.warnings);
    }

    @Test
    void aReplacedFileIsAnotherVersionAndATouchedOneIsNot() throws IOException {
        stage.write("digits/1.onnx", "one");
        stage.look(1000);
        stage.write("digits/1.onnx", "one");
        assertEquals(List.of(), stage.settle());
        stage.write("digits/1.onnx", "eno");
        assertEquals(List.of("digits/1 gone", "digits/1 settled"), stage.settle());
        stage.rename("digits/1.onnx", OnnxBytes.named("moved"));
        assertEquals(List.of("digits/1 gone", "digits/1 settled"), stage.settle());
    }

    @Test
    void aDeletedFileIsGoneAndOneThatComesBackAtOnceIsNot() throws IOException {
        stage.write("digits/1.onnx", "one");
        stage.write("digits/2.onnx", "two");
        stage.look(1000);
        stage.delete("digits/1.onnx");
        assertEquals(List.of(), Stage.tell(stage.look(1).events()));
        stage.write("digits/1.onnx", "one");
        assertEquals(List.of(), stage.settle());
        stage.delete("digits/1.onnx");
        assertEquals(List.of("digits/1 gone"), stage.settle());
        stage.delete("digits/2.onnx");
        stage.delete("digits");
        assertEquals(List.of("digits/2 gone"), stage.settle());
        stage.write("digits/1.onnx", "one");
        assertEquals(List.of("digits configured", "digits/1 settled"), stage.settle());
    }

    @Test
    void garbageIsReportedOncePerContent() throws IOException {
        startEmpty();
        byte[] garbage = "<html>".getBytes(StandardCharsets.UTF_8);
        stage.write("digits/1.onnx", garbage);
        List<String> events = stage.settle();
        assertEquals(2, events.size());
        assertTrue(events.get(1).startsWith("digits/1 unusable: the file is not an ONNX model"), events::toString);
        stage.write("digits/1.onnx", garbage);
        assertEquals(List.of(), stage.patience());
        stage.write("digits/1.onnx", "<HTML>".getBytes(StandardCharsets.UTF_8));
        assertEquals(2, stage.settle().size(), "other bytes are looked at again");
        stage.write("digits/1.onnx", "good");
        assertEquals(List.of("digits/1 no longer unusable", "digits/1 settled"), stage.settle());
        stage.write("digits/1.onnx", garbage);
        assertEquals("digits/1 gone", stage.settle().getFirst());
        stage.delete("digits/1.onnx");
        assertEquals(List.of("digits/1 no longer unusable"), stage.settle());
    }

    @Test
    void externalDataThatLeadsOutOfTheFolderIsRefused() throws IOException {
        Path secret = Files.writeString(folder.resolve("secret"), "secret");
        stage.write("digits/1/model.onnx", OnnxBytes.withExternal("w.bin"));
        Files.createSymbolicLink(stage.repository.resolve("digits/1/w.bin"), secret);
        assertEquals("digits/1 unusable: the external data file w.bin is a link out of the model's folder",
                stage.settle().getLast());
    }

    @Test
    void aFileBesideAFolderOfTheSameVersionIsRefused() throws IOException {
        stage.write("digits/2/model.onnx", "folder");
        stage.write("digits/2.onnx", "file");
        List<String> events = Stage.tell(stage.look(1000).events());
        assertEquals(List.of("digits configured", "digits/2 settled",
                "digits/2 unusable: the file 2.onnx stands beside the folder 2, which is the same version;"
                        + " rename one of them"),
                events);
        stage.delete("digits/2/model.onnx");
        assertEquals(List.of("digits/2 gone", "digits/2 settled", "digits/2 no longer unusable"), stage.settle());
    }

    @Test
    void aFolderThatComesBesideARunningFileOfTheSameVersionIsRefusedAndTheFileStays() throws IOException {
        stage.write("digits/2.onnx", "file");
        assertEquals(List.of("digits configured", "digits/2 settled"), stage.settle());
        stage.write("digits/2/model.onnx", "folder");
        assertEquals(
                List.of("digits/2 unusable: the folder 2 stands beside the file 2.onnx, which is the same version and"
                        + " was here first; rename one of them"),
                stage.settle());
        assertEquals(List.of(), stage.settle(), "and it stays so");
        stage.write("digits/2.onnx", "another file");
        assertEquals(List.of("digits/2 gone", "digits/2 settled"), stage.settle(), "it can be replaced as ever");
        stage.delete("digits/2.onnx");
        assertEquals(List.of("digits/2 gone", "digits/2 settled", "digits/2 no longer unusable"), stage.settle());
    }

    @Test
    void workInProgressAndOtherFilesArePassedOverAndBadNamesAreNot() throws IOException {
        for (String name : List.of(".hidden.onnx", "3.onnx.tmp", "3.onnx.part", "3.onnx~", "~3.onnx", "README.md",
                ".hidden/model.onnx", "3.tmp/model.onnx", "3/other.onnx")) {
            stage.write("digits/" + name, "x");
        }
        stage.write("digits/my model.onnx", "x");
        stage.write("digits/1.onnx", "x");
        Files.createSymbolicLink(stage.repository.resolve("digits/9.onnx"), Path.of("nowhere"));
        Files.createSymbolicLink(stage.repository.resolve("digits/8.onnx"), Path.of("8.onnx"));
        stage.write("bad name/1.onnx", "x");
        stage.write("stray.onnx", "x");
        assertEquals(List.of("digits configured", "digits/1 settled",
                "digits/my?model unusable: it cannot be a version: names are made of letters, digits, '.', '_' and '-'"),
                Stage.tell(stage.look(1000).events()));
        assertEquals(4, stage.warnings.size(), stage.warnings::toString);
        stage.look(1000);
        assertEquals(4, stage.warnings.size(), "each is said once");
    }

    @Test
    void linksAreFollowedAsVolumesAreLaidOut() throws IOException {
        stage.write("digits/..2026_1/1.onnx", "one");
        Path data = stage.repository.resolve("digits/..data");
        Files.createSymbolicLink(data, Path.of("..2026_1"));
        Files.createSymbolicLink(stage.repository.resolve("digits/1.onnx"), Path.of("..data/1.onnx"));
        assertEquals(List.of("digits configured", "digits/1 settled"), Stage.tell(stage.look(1000).events()));
        stage.write("digits/..2026_2/1.onnx", "another");
        Path next = Files.createSymbolicLink(stage.repository.resolve("digits/..next"), Path.of("..2026_2"));
        Files.move(next, data, StandardCopyOption.ATOMIC_MOVE);
        assertEquals(List.of("digits/1 gone", "digits/1 settled"), stage.settle());
    }

    @Test
    void foldersThatContainThemselvesEndTheLook() throws IOException {
        stage.write("digits/1.onnx", "one");
        Files.createSymbolicLink(stage.repository.resolve("digits/loop"), stage.repository);
        Files.createSymbolicLink(stage.repository.resolve("loop"), stage.repository);
        assertEquals(List.of("digits configured", "digits/1 settled"), Stage.tell(stage.look(1000).events()));
    }

    @Test
    void aRepositoryThatCannotBeReadIsNotAnEmptyOne() throws IOException {
        stage.write("digits/1.onnx", "one");
        stage.look(1000);
        Path away = folder.resolve("away");
        Files.move(stage.repository, away);
        assertEquals(List.of(), stage.patience());
        assertEquals(List.of("the repository cannot be read: no such file; the versions known stay as they are"),
                stage.warnings);
        Files.createDirectory(stage.repository);
        assertEquals(List.of(), stage.patience());
        assertEquals(2, stage.warnings.size(), "an empty folder in its place is not a deletion");
        Files.delete(stage.repository);
        Files.move(away, stage.repository);
        assertEquals(List.of(), stage.patience());
        stage.delete("digits/1.onnx");
        assertEquals(List.of("digits/1 gone"), stage.patience());
    }

    @Test
    void aStoreThatFailsIsTriedAgainEverMoreSeldomAndSaidOnce() throws IOException {
        startEmpty();
        Files.delete(stage.objects);
        stage.write("digits/1.onnx", "one");
        assertEquals(List.of("digits configured"), stage.settle());
        assertEquals(List.of("digits/1 is not taken yet: the object store's folder is gone"), stage.warnings);
        assertEquals(4000, stage.look(2000).dueNanos() / 1_000_000);
        Files.createDirectory(stage.objects);
        assertEquals(List.of(), Stage.tell(stage.look(3999).events()));
        assertEquals(List.of("digits/1 settled"), Stage.tell(stage.look(1).events()));
        assertEquals(1, stage.warnings.size());
    }

    @Test
    void versionsBeyondTheLimitAreLeftOut() throws IOException {
        WatchConfig defaults = Stage.CONFIG;
        stage.scanner = stage.newScanner(new WatchConfig(defaults.settleNanos(), defaults.patienceNanos(),
                defaults.rescanNanos(), defaults.coldStartNanosMax(), defaults.retryNanosMax(), 3));
        for (int version = 1; version <= 4; version++) {
            stage.write("digits/" + version + ".onnx", "v" + version);
        }
        assertEquals(4, stage.look(1000).events().size());
        assertEquals(1, stage.warnings.size());
    }

    @Test
    void unchangedFilesAreNotReadAgain() throws IOException {
        for (int model = 0; model < 20; model++) {
            for (int version = 0; version < 5; version++) {
                stage.write("m" + model + "/" + version + ".onnx", model + "-" + version);
            }
        }
        assertEquals(120, stage.look(1000).events().size());
        // A store that is gone would be noticed by whoever reads a file again.
        Files.move(stage.objects, folder.resolve("elsewhere"));
        assertEquals(List.of(), Stage.tell(stage.look(1000).events()));
        assertEquals(List.of(), stage.warnings);
    }

    @Test
    void realModelsAreTaken() throws IOException {
        Path shared = SharedModels.folder();
        int versions = 0;
        for (Path file : SharedModels.all()) {
            String name = shared.relativize(file).toString().replaceAll("/1/model\\.onnx$", "").replace('/', '-');
            Path target = stage.repository.resolve(name + "/1/model.onnx");
            Files.createDirectories(target.getParent());
            Files.copy(file, target);
            Path external = file.resolveSibling("external_data.bin");
            if (Files.exists(external)) {
                Files.copy(external, target.resolveSibling("external_data.bin"));
            }
            versions++;
        }
        stage.look(0);
        List<String> events = stage.settle();
        assertEquals(versions, events.stream().filter(event -> event.endsWith("settled")).count());
        assertTrue(events.stream().noneMatch(event -> event.contains("unusable")), events::toString);
    }

    @Test
    void whatIsInTheStoreIsWhatWasInTheRepository() throws IOException {
        byte[] bytes = OnnxBytes.weighing(5000, 3);
        stage.write("digits/1.onnx", bytes);
        Predicate<RepositoryEvent> settled = RepositoryEvent.VersionSettled.class::isInstance;
        RepositoryEvent.VersionSettled event = (RepositoryEvent.VersionSettled) stage.look(1000).events().stream()
                .filter(settled).findFirst().orElseThrow();
        assertArrayEquals(bytes, Files.readAllBytes(event.version().file()));
        assertTrue(event.version().file().startsWith(stage.objects));
    }
}
