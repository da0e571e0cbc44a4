package dev.understudy.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StateFolderTest {
    private static final Path REPOSITORY = Path.of("/srv/models");
    private final String temporaryBefore = System.getProperty("java.io.tmpdir");

    @AfterEach
    void restoreTemporaryFolder() {
        System.setProperty("java.io.tmpdir", temporaryBefore);
    }

    @Test
    void theDefaultIsTheUsersStateFolderByTheRepositorysPath() throws Exception {
        Path given = StateFolder.defaultFor(REPOSITORY, Map.of("XDG_STATE_HOME", "/data"), "/home/ada");
        assertEquals(Path.of("/data/understudy"), given.getParent());
        assertTrue(given.getFileName().toString().matches("[0-9a-f]{16}"), given.toString());
        Path home = StateFolder.defaultFor(REPOSITORY, Map.of("XDG_STATE_HOME", "relative"), "/home/ada");
        assertEquals(Path.of("/home/ada/.local/state/understudy").resolve(given.getFileName()), home);
        assertNotEquals(home, StateFolder.defaultFor(Path.of("/srv/other"), Map.of(), "/home/ada"));
        assertThrows(CommandFailure.class, () -> StateFolder.defaultFor(REPOSITORY, Map.of(), "?"));
    }

    @Test
    void temporaryFilesOfProcessesThatAreGoneAreRemovedAndThoseOfOthersStay(@TempDir Path state) throws Exception {
        Path gone = Files.createDirectories(state.resolve("tmp").resolve(Long.toString(Long.MAX_VALUE / 10)));
        Files.createFile(gone.resolve("lib.so"));
        long self = ProcessHandle.current().pid();
        Path mine = Files.createDirectories(state.resolve("tmp").resolve(Long.toString(self)));
        Files.createFile(mine.resolve("left by an earlier process of my number"));
        Path parents = Files.createDirectories(state.resolve("tmp")
                .resolve(Long.toString(ProcessHandle.current().parent().orElseThrow().pid())));
        assertEquals(mine, StateFolder.claimTemporary(state));
        assertEquals(mine.toString(), System.getProperty("java.io.tmpdir"));
        assertFalse(Files.exists(gone));
        assertTrue(Files.exists(parents));
        try (var files = Files.list(mine)) {
            assertEquals(0, files.count());
        }
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
