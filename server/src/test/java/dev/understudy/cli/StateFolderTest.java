package dev.understudy.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StateFolderTest {
    private static final Path REPOSITORY = Path.of("/srv/models");

    @Test
    void theDefaultIsTheUsersStateFolderByTheRepositorysPath() throws Exception {
        Path given = StateFolder.defaultFor(REPOSITORY, Map.of("XDG_STATE_HOME", "/data"), "/home/ada");
        assertEquals(Path.of("/data/understudy"), given.getParent());
        assertTrue(given.getFileName().toString().matches("[0-9a-f]{16}"), given.toString());
        Path home = StateFolder.defaultFor(REPOSITORY, Map.of("XDG_STATE_HOME", "relative"), "/home/ada");
        assertEquals(Path.of("/home/ada/.local/state/understudy").resolve(given.getFileName()), home);
        Map<String, String> moved = Map.of("HOME", "/home/ada");
        assertEquals(home, StateFolder.defaultFor(REPOSITORY, moved, "/nonexistent"));
        assertNotEquals(home, StateFolder.defaultFor(Path.of("/srv/other"), Map.of(), "/home/ada"));
        assertThrows(CommandFailure.class, () -> StateFolder.defaultFor(REPOSITORY, Map.of(), "?"));
    }

    @Test
    void removingALinkLeavesWhatItPointsTo(@TempDir Path folder) throws Exception {
        Path kept = Files.createDirectory(folder.resolve("kept"));
        Files.createFile(kept.resolve("file"));
        Path doomed = Files.createDirectory(folder.resolve("doomed"));
        Files.createSymbolicLink(doomed.resolve("link"), kept);
        StateFolder.remove(doomed);
        assertFalse(Files.exists(doomed));
        assertTrue(Files.exists(kept.resolve("file")));
        StateFolder.remove(doomed);
    }
}
