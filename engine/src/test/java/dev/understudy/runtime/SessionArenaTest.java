package dev.understudy.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.ffm.ort.OrtApi;
import dev.understudy.ffm.ort.OrtFailure;
import dev.understudy.ffm.ort.Session;
import dev.understudy.ffm.ort.SessionArena;
import dev.understudy.ffm.ort.SessionOptions;
import dev.understudy.models.SyntheticModels;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What ONNX Runtime tells of a session's arena, on the processors: the calls are the same as for a GPU's. The number is shown
/// nowhere, since weights may lie outside of the arena there.
class SessionArenaTest {
    @Test
    void eachSessionHasAnArenaOfItsOwnOfWhichItTells(@TempDir Path folder) throws Exception {
        Path model = Files.write(folder.resolve("mlp.onnx"), SyntheticModels.mlp(512, 2));
        Path tiny = Files.write(folder.resolve("tiny.onnx"), SyntheticModels.identity(2));
        OrtApi api = OrtNatives.api();
        try (SessionOptions options = new SessionOptions(api);
                Session large = new Session(api, model, options, null);
                Session small = new Session(api, tiny, options, null);
                SessionArena ofLarge = SessionArena.ofProcessor(large);
                SessionArena ofSmall = SessionArena.ofProcessor(small)) {
            assertTrue(ofLarge.use().taken() >= ofLarge.use().peak(), () -> use(ofLarge));
            assertTrue(ofLarge.use().peak() > 0, () -> use(ofLarge));
            assertTrue(ofLarge.use().taken() > ofSmall.use().taken(), () -> use(ofLarge) + use(ofSmall));
            assertEquals(ofLarge.use(), ofLarge.use(), "a look changes nothing");
        }
    }

    @Test
    void onTheProcessorsThereIsNoArenaOfAGpu(@TempDir Path folder) throws Exception {
        Path tiny = Files.write(folder.resolve("tiny.onnx"), SyntheticModels.identity(2));
        OrtApi api = OrtNatives.api();
        try (SessionOptions options = new SessionOptions(api);
                Session session = new Session(api, tiny, options, null)) {
            assertThrows(OrtFailure.class, () -> SessionArena.ofCuda(session, 0).close());
        }
    }

    private static String use(SessionArena arena) {
        try {
            return arena.use().toString();
        } catch (OrtFailure e) {
            return e.toString();
        }
    }
}
