package dev.understudy.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What changes of configuration files lead to.
class ConfigurationWatchTest {
    private final Stage stage;

    ConfigurationWatchTest(@TempDir Path folder) {
        stage = new Stage(folder);
    }

    @Test
    void aConfigurationThatCannotBeUsedLeavesTheOneBeforeInForce() throws IOException {
        stage.write("digits/1.onnx", "one");
        stage.write("digits/model.yaml", "max_batch_size: 0".getBytes(StandardCharsets.UTF_8));
        List<String> events = Stage.tell(stage.look(1000).events());
        assertEquals("digits configured", events.getFirst());
        assertTrue(events.get(1).startsWith("digits misconfigured: line 1: max_batch_size is 0"));
        assertEquals("digits/1 settled", events.get(2));
        stage.write("digits/model.yaml", "max_batch_size: 16".getBytes(StandardCharsets.UTF_8));
        assertEquals(List.of("digits configured, batch 16"), stage.settle());
        stage.write("digits/model.yaml", "max_batch_size: sixteen".getBytes(StandardCharsets.UTF_8));
        assertEquals(1, stage.settle().size());
        stage.delete("digits/model.yaml");
        assertEquals(List.of("digits configured"), stage.settle());
        stage.write("digits/config.pbtxt", new byte[0]);
        assertEquals(List.of("digits configured, highest"), stage.settle());
    }

    @Test
    void aConfigurationTakenBackAfterOneThatCannotBeUsedIsToldAgain() throws IOException {
        stage.write("digits/1.onnx", "one");
        stage.write("digits/model.yaml", "max_batch_size: 16".getBytes(StandardCharsets.UTF_8));
        assertEquals(List.of("digits configured, batch 16", "digits/1 settled"), Stage.tell(stage.look(1000).events()));
        stage.write("digits/model.yaml", "\n\nmax_batch_size: 0".getBytes(StandardCharsets.UTF_8));
        List<String> events = stage.settle();
        assertEquals(1, events.size(), events::toString);
        assertTrue(events.getFirst().startsWith("digits misconfigured: line 3: max_batch_size is 0"), events::toString);
        stage.write("digits/model.yaml", "max_batch_size: 16".getBytes(StandardCharsets.UTF_8));
        assertEquals(List.of("digits configured, batch 16"), stage.settle());
        stage.write("digits/model.yaml", "max_batch_size: 16 ".getBytes(StandardCharsets.UTF_8));
        assertEquals(List.of(), stage.settle(), "the same again is no news");
    }

    @Test
    void bothConfigurationFilesAreReadAndWatched() throws IOException {
        stage.write("digits/1.onnx", "one");
        stage.write("digits/config.pbtxt",
                "max_batch_size: 8 dynamic_batching { }".getBytes(StandardCharsets.UTF_8));
        assertEquals(List.of("digits configured, highest, batch 8", "digits/1 settled"),
                Stage.tell(stage.look(1000).events()));
        stage.write("digits/model.yaml", "max_batch_size: 16".getBytes(StandardCharsets.UTF_8));
        assertEquals(List.of("digits configured, highest, batch 16"), stage.settle());
        stage.write("digits/config.pbtxt", "max_batch_size: x".getBytes(StandardCharsets.UTF_8));
        List<String> events = stage.settle();
        assertEquals(1, events.size(), events::toString);
        assertTrue(events.getFirst().startsWith("digits misconfigured: config.pbtxt: line 1, column 17: "),
                events::toString);
        stage.delete("digits/model.yaml");
        stage.write("digits/config.pbtxt", "name: 'digits'".getBytes(StandardCharsets.UTF_8));
        assertEquals(List.of("digits configured, highest"), stage.settle());
    }
}
