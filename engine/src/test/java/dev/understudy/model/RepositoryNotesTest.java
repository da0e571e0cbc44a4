package dev.understudy.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What stands in the way of taking a file is said at every look for as long as it stands, of the model it concerns.
class RepositoryNotesTest {
    private final Stage stage;

    RepositoryNotesTest(@TempDir Path folder) throws IOException {
        stage = new Stage(folder);
        stage.write("digits/1.onnx", "one");
        stage.look(1000);
    }

    private void assertStands(RepositoryNote... notes) {
        for (long passedMillis : new long[]{0, 1000, 60_000}) {
            assertEquals(List.of(notes), stage.look(passedMillis).notes());
        }
    }

    @Test
    void aVersionTheStoreCannotTakeIsNotedUntilItCan() throws IOException {
        Path away = stage.objects.resolveSibling("away");
        Files.move(stage.objects, away);
        stage.write("digits/2.onnx", "two");
        stage.settle();
        assertStands(new RepositoryNote("digits", "digits/2 is not taken yet: the object store's folder is gone"));
        Files.move(away, stage.objects);
        assertEquals(List.of("digits/2 settled"), Stage.tell(stage.look(600_000).events()));
        assertStands();
    }

    @Test
    void aVersionWhoseBytesCannotBeReadIsNotedUntilItGoes() throws IOException {
        Path version = Files.createSymbolicLink(stage.repository.resolve("digits/2.onnx"), Path.of("/proc/self/mem"));
        stage.settle();
        List<RepositoryNote> notes = stage.look(60_000).notes();
        assertEquals("digits", notes.getFirst().model());
        assertTrue(notes.getFirst().text().startsWith("digits/2 is not taken yet: it cannot be read: "),
                notes::toString);
        assertStands(notes.getFirst());
        Files.delete(version);
        assertStands();
    }

    @Test
    void aLinkToItselfIsNotedUntilItGoes() throws IOException {
        Path loop = Files.createSymbolicLink(stage.repository.resolve("digits/2.onnx"), Path.of("2.onnx"));
        List<RepositoryNote> notes = stage.look(0).notes();
        assertEquals(1, notes.size(), notes::toString);
        assertEquals("digits", notes.getFirst().model());
        assertStands(notes.getFirst());
        Files.delete(loop);
        assertStands();
    }

    @Test
    @Timeout(60)
    void whatHasTheNameOfAVersionAndIsNoFileIsNotedAndNotOpened() throws Exception {
        Path pipe = stage.repository.resolve("digits/2.onnx");
        assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).inheritIO().start().waitFor());
        Path zeros = Files.createSymbolicLink(stage.repository.resolve("digits/3.onnx"), Path.of("/dev/zero"));
        Files.createDirectories(stage.repository.resolve("digits/dir.onnx"));
        Files.createDirectories(stage.repository.resolve("digits/empty"));
        Files.createDirectories(stage.repository.resolve("digits/4/model.onnx"));
        Files.createDirectories(stage.repository.resolve("ads/dir.onnx"));
        String noFile = " is not opened: it is a folder, a pipe or a device, and a version is a file";
        String noVersion = "/dir.onnx is a folder without a model.onnx; a version is a file dir.onnx, or a folder with a"
                + " model.onnx";
        assertEquals(Set.of(new RepositoryNote("digits", "digits/2.onnx" + noFile),
                new RepositoryNote("digits", "digits/3.onnx" + noFile),
                new RepositoryNote("digits", "digits/4/model.onnx" + noFile),
                new RepositoryNote("digits", "digits" + noVersion), new RepositoryNote("", "ads" + noVersion)),
                Set.copyOf(stage.look(0).notes()));
        assertEquals(5, stage.warnings.size(), "each is logged once");
        Files.delete(zeros);
        stage.look(60_000);
        assertEquals(5, stage.warnings.size());
    }

    @Test
    void aVersionsFolderWhoseModelHasAnotherNameIsNoted() throws IOException {
        stage.write("ads/1/mymodel.onnx", "x");
        assertStands(new RepositoryNote("", "ads/1 holds mymodel.onnx and no model.onnx, as a version's folder must;"
                + " models' folders stand side by side in the repository"));
    }

    @Test
    void whatIsNotPartOfTheLayoutIsNoModelsNote() throws IOException {
        stage.write("stray.onnx", "x");
        stage.write("bad name/1.onnx", "x");
        List<RepositoryNote> notes = stage.look(0).notes();
        assertEquals(List.of("", ""), notes.stream().map(RepositoryNote::model).toList());
        stage.delete("stray.onnx");
        assertStands(new RepositoryNote("",
                "the folder bad?name is not a model: names are made of letters, digits, '.', '_' and '-'"));
    }
}
