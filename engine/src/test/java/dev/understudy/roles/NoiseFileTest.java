package dev.understudy.roles;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NoiseFileTest {
    private static final String OLD = "a".repeat(64);
    private static final String NEW = "b".repeat(64);

    private final Path folder;
    private final NoiseFile file;

    NoiseFileTest(@TempDir Path folder) {
        this.folder = folder.resolve("noise");
        file = new NoiseFile(this.folder);
    }

    @Test
    void eachChampionOfEachModelHasARecordOfItsOwn() throws IOException {
        assertEquals(Optional.empty(), file.read("digits", OLD));
        file.write("digits", OLD, "1\nFP32 y 0.5");
        file.write("ads", OLD, "2");
        assertEquals(Optional.empty(), file.read("digits", NEW), "a new champion is measured anew");
        file.write("digits", NEW, "");
        NoiseFile again = new NoiseFile(folder);
        assertEquals(Optional.of("1\nFP32 y 0.5"), again.read("digits", OLD), "and the old one stays on record");
        assertEquals(Optional.of("2"), again.read("ads", OLD));
        assertEquals(Optional.of(""), again.read("digits", NEW));
    }

    @Test
    void aCrashWhileWritingLeavesTheRecordBefore() throws IOException {
        file.write("digits", OLD, "1");
        byte[] written = Files.readAllBytes(folder.resolve(OLD).resolve("digits"));
        for (int length = 0; length <= written.length; length++) {
            Files.write(folder.resolve(OLD).resolve(".unfinished"), Arrays.copyOf(written, length));
            assertEquals(Optional.of("1"), file.read("digits", OLD));
        }
        file.write("digits", OLD, "2");
        assertEquals(Optional.of("2"), file.read("digits", OLD));
        assertFalse(Files.exists(folder.resolve(OLD).resolve(".unfinished")));
    }

    @Test
    void noDamageGoesUnnoticed() throws IOException {
        file.write("digits", OLD, "1\nFP32 y 0.5");
        Path record = folder.resolve(OLD).resolve("digits");
        byte[] written = Files.readAllBytes(record);
        for (int i = 0; i < written.length; i++) {
            byte[] damaged = written.clone();
            damaged[i] ^= 1;
            Files.write(record, damaged);
            assertThrows(IOException.class, () -> file.read("digits", OLD));
            Files.write(record, Arrays.copyOf(written, i));
            assertThrows(IOException.class, () -> file.read("digits", OLD));
        }
        Files.write(record, written);
        Files.copy(record, folder.resolve(OLD).resolve("ads"));
        assertThrows(IOException.class, () -> file.read("ads", OLD), "another model's");
        Files.createDirectories(folder.resolve(NEW));
        Files.copy(record, folder.resolve(NEW).resolve("digits"));
        assertThrows(IOException.class, () -> file.read("digits", NEW), "another champion's");
    }
}
