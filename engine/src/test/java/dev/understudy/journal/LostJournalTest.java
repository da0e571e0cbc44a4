package dev.understudy.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LostJournalTest {
    @Test
    void aJournalWhoseFileIsDeletedFromUnderItSaysSo(@TempDir Path folder) throws Exception {
        try (Journal journal = Journal.open(folder, JournalLimits.DEFAULTS)) {
            assertEquals(Optional.empty(), journal.failure());
            Files.delete(folder.resolve("journal.duckdb"));
            assertTrue(journal.failure().orElse("").contains("its file is gone"), journal.failure()::toString);
        }
    }
}
