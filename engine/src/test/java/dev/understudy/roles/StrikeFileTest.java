package dev.understudy.roles;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StrikeFileTest {
    private static final String A = "0a".repeat(32);
    private static final String B = "b1".repeat(32);

    private final Path folder;
    private final StrikeFile file;

    StrikeFileTest(@TempDir Path folder) throws IOException {
        this.folder = folder.resolve("strikes");
        file = StrikeFile.in(this.folder);
    }

    @Test
    void whatIsHeldAgainstVersionsStandsUntilItIsRemoved() throws IOException {
        assertEquals(Map.of(), file.readAll());
        file.write(A, new Strike(false, "killed"));
        file.write(B, new Strike(true, "signal 11\nor so"));
        file.write(A, new Strike(true, "killed again"));
        StrikeFile again = StrikeFile.in(folder);
        assertEquals(Map.of(A, new Strike(true, "killed again"), B, new Strike(true, "signal 11 or so")),
                again.readAll());
        again.remove(A);
        again.remove(A);
        assertEquals(Map.of(B, new Strike(true, "signal 11 or so")), StrikeFile.in(folder).readAll());
    }

    @Test
    void aDamagedRecordStrikesOff() throws IOException {
        file.write(A, new Strike(false, "killed"));
        byte[] written = Files.readAllBytes(folder.resolve(A));
        for (int i = 0; i < written.length; i++) {
            byte[] damaged = written.clone();
            damaged[i] ^= 1;
            Files.write(folder.resolve(A), damaged);
            assertTrue(Objects.requireNonNull(file.readAll().get(A)).struckOff());
            Files.write(folder.resolve(A), Arrays.copyOf(written, i));
            assertTrue(Objects.requireNonNull(file.readAll().get(A)).struckOff());
        }
    }

    @Test
    void whatElseLiesThereIsNoRecord() throws IOException {
        Files.writeString(folder.resolve(".unfinished"), "understudy strike 1");
        Files.writeString(folder.resolve("README"), "mine");
        assertEquals(Map.of(), file.readAll());
    }
}
