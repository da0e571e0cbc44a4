package dev.understudy.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TemporaryFolderTest {
    private final String before = System.getProperty("java.io.tmpdir");

    @AfterEach
    void restore() {
        System.setProperty("java.io.tmpdir", before);
    }

    @Test
    void processesOfTheSameNumberDoNotShareAFolderAndClaimingTouchesNobodyElses(@TempDir Path state) throws Exception {
        try (TemporaryFolder first = TemporaryFolder.claim(state)) {
            Path library = Files.createFile(first.path().resolve("lib.so"));
            try (TemporaryFolder second = TemporaryFolder.claim(state)) {
                assertNotEquals(first.path(), second.path());
                assertEquals(second.path().toString(), System.getProperty("java.io.tmpdir"));
                assertTrue(Files.exists(library));
            }
            assertTrue(Files.exists(library));
        }
        try (var left = Files.list(state.resolve("tmp"))) {
            assertEquals(0, left.count());
        }
    }

    @Test
    void whoHoldsTheStateFolderRemovesWhatOthersLeft(@TempDir Path state) throws Exception {
        Path gone = Files.createDirectories(state.resolve("tmp/1"));
        Files.createFile(gone.resolve("lib.so"));
        try (TemporaryFolder own = TemporaryFolder.claim(state)) {
            Path file = Files.createFile(own.path().resolve("lib.so"));
            own.removeOthers();
            assertFalse(Files.exists(gone));
            assertTrue(Files.exists(file));
        }
    }
}
