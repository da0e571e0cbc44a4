package dev.understudy.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Files are taken when they are whole and at rest, and not before.
class ArrivalTest {
    private final Stage stage;

    ArrivalTest(@TempDir Path folder) {
        stage = new Stage(folder);
    }

    private void startEmpty() {
        assertEquals(List.of(), Stage.tell(stage.look(0).events()));
    }

    @Test
    void aFileYoungerThanTheSettleTimeIsNotTakenAtTheFirstLook() throws IOException {
        stage.write("digits/1.onnx", "one");
        assertEquals(List.of("digits configured"), Stage.tell(stage.look(499).events()));
        assertEquals(List.of("digits/1 settled"), Stage.tell(stage.look(1).events()));
    }

    @Test
    void aDropIsTakenAfterOneSettleTime() throws IOException {
        stage.write("digits/1.onnx", "one");
        stage.look(1000);
        stage.write("digits/2.onnx", "two");
        assertEquals(500_000_000, stage.look(0).dueNanos());
        assertEquals(List.of(), Stage.tell(stage.look(499).events()));
        assertEquals(List.of("digits/2 settled"), Stage.tell(stage.look(1).events()));
        assertEquals(Long.MAX_VALUE, stage.look(500).dueNanos());
    }

    @Test
    void aNewModelIsTakenAfterOneSettleTimeConfigurationFirst() throws IOException {
        startEmpty();
        stage.write("digits/1.onnx", "one");
        stage.look(0);
        stage.write("digits/model.yaml", "max_batch_size: 8".getBytes(StandardCharsets.UTF_8));
        assertEquals(List.of(), Stage.tell(stage.look(300).events()));
        assertEquals(List.of(), Stage.tell(stage.look(200).events()), "the configuration is not settled");
        assertEquals(List.of("digits configured, batch 8", "digits/1 settled"), Stage.tell(stage.look(300).events()));
    }

    @Test
    void aFileMovedIntoPlaceWithAnOldTimeStillSettlesFirst() throws IOException {
        startEmpty();
        stage.rename("digits/1.onnx", OnnxBytes.named("one"));
        Files.setLastModifiedTime(stage.repository.resolve("digits/1.onnx"), FileTime.fromMillis(0));
        assertEquals(List.of(), Stage.tell(stage.look(100).events()));
        assertEquals(List.of("digits configured", "digits/1 settled"), Stage.tell(stage.look(500).events()));
    }

    @Test
    void aSlowlyWrittenFileIsNotTakenUntilItRests() throws IOException {
        startEmpty();
        byte[] whole = OnnxBytes.weighing(1000, 7);
        for (int length = 0; length < whole.length; length += 100) {
            stage.write("digits/1.onnx", Arrays.copyOf(whole, length));
            assertFalse(stage.look(400).events().stream()
                    .anyMatch(event -> !(event instanceof RepositoryEvent.ModelConfigured)));
        }
        stage.write("digits/1.onnx", whole);
        assertEquals(List.of("digits/1 settled"), stage.settle());
    }

    @Test
    void aCopyThatStallsIsWaitedFor() throws IOException {
        startEmpty();
        byte[] whole = OnnxBytes.weighing(1000, 7);
        stage.write("digits/1.onnx", Arrays.copyOf(whole, 500));
        assertEquals(List.of("digits configured"), stage.settle());
        assertEquals(List.of(), Stage.tell(stage.look(3000).events()));
        stage.write("digits/1.onnx", whole);
        assertEquals(List.of("digits/1 settled"), stage.settle());
    }

    @Test
    void aTruncatedFileIsReportedWhenPatienceEnds() throws IOException {
        startEmpty();
        stage.write("digits/1.onnx", Arrays.copyOf(OnnxBytes.weighing(1000, 7), 500));
        List<String> events = stage.patience();
        assertEquals("digits/1 unusable: the file is not a whole ONNX model: it ends inside a field",
                events.getLast());
        assertEquals(Long.MAX_VALUE, stage.look(1).dueNanos());
    }

    @Test
    void aVersionWaitsForItsExternalDataAndIsLookedAtAgainWhenItComesLate() throws IOException {
        startEmpty();
        stage.write("digits/1/model.onnx", OnnxBytes.withExternal("w.bin"));
        assertEquals(List.of("digits configured"), stage.settle());
        stage.write("digits/1/w.bin", new byte[10]);
        assertEquals(List.of("digits/1 settled"), stage.settle());
        stage.write("digits/1/w.bin", new byte[12]);
        assertEquals(List.of("digits/1 gone", "digits/1 settled"), stage.settle());

        stage.write("digits/2/model.onnx", OnnxBytes.withExternal("late.bin"));
        assertEquals(List.of("digits/2 unusable: the external data file late.bin is missing"), stage.patience());
        stage.write("digits/2/late.bin", new byte[10]);
        assertEquals(List.of("digits/2 no longer unusable", "digits/2 settled"), stage.settle());
        stage.delete("digits/2/late.bin");
        assertEquals(List.of("digits/2 gone", "digits/2 unusable: the external data file late.bin is missing"),
                stage.patience());
    }

    @Test
    void externalDataThatIsStillShortIsWaitedFor() throws IOException {
        startEmpty();
        OnnxBytes tensor = OnnxBytes.message().bytes(13, OnnxBytes.entry("location", "w.bin"))
                .bytes(13, OnnxBytes.entry("length", "100")).number(14, 1);
        stage.write("digits/1/model.onnx", OnnxBytes.model(OnnxBytes.message().bytes(5, tensor)));
        stage.write("digits/1/w.bin", new byte[60]);
        assertEquals(List.of("digits configured"), stage.settle());
        stage.write("digits/1/w.bin", new byte[100]);
        assertEquals(List.of("digits/1 settled"), stage.settle());
        stage.write("digits/1/w.bin", new byte[99]);
        assertTrue(stage.patience().getLast().endsWith("is too short: it has 99 bytes and needs 100"));
    }
}
