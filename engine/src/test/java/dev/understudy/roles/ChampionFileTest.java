package dev.understudy.roles;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChampionFileTest {
    private static final Champion OLD = new Champion("a".repeat(64), "1");
    private static final Champion NEW = new Champion("b".repeat(64), "2@bbbbbbbb");

    private final Path folder;
    private final ChampionFile roles;

    ChampionFileTest(@TempDir Path folder) throws IOException {
        this.folder = folder;
        roles = ChampionFile.in(folder.resolve("state/roles"));
    }

    private Path file(String name) {
        return folder.resolve("state/roles").resolve(name);
    }

    @Test
    void whatIsWrittenIsReadByAnother() throws IOException {
        assertEquals(Optional.empty(), roles.read("digits"));
        roles.write("digits", OLD);
        roles.write("ads", NEW);
        roles.write("digits", NEW);
        roles.write("digits", OLD);
        ChampionFile again = ChampionFile.in(folder.resolve("state/roles"));
        assertEquals(Optional.of(OLD), again.read("digits"));
        assertEquals(Optional.of(NEW), again.read("ads"));
    }

    /// A write is: make or empty the file beside, fill it, rename it. These are the states in between.
    @Test
    void aCrashAtAnyStepLeavesTheOldChampionOrTheNew() throws IOException {
        roles.write("digits", NEW);
        byte[] written = Files.readAllBytes(file("digits"));
        for (boolean hadOne : List.of(false, true)) {
            for (int length = 0; length <= written.length; length++) {
                Files.deleteIfExists(file("digits"));
                if (hadOne) {
                    roles.write("digits", OLD);
                }
                Files.write(file(".unfinished"), Arrays.copyOf(written, length));
                assertEquals(hadOne ? Optional.of(OLD) : Optional.empty(), roles.read("digits"));
            }
            roles.write("digits", NEW);
            assertEquals(Optional.of(NEW), roles.read("digits"), "a leftover does not hinder the next write");
            assertFalse(Files.exists(file(".unfinished")));
        }
    }

    @Test
    void noDamageEverNamesAnotherChampion() throws IOException {
        roles.write("digits", OLD);
        byte[] written = Files.readAllBytes(file("digits"));
        for (int i = 0; i < written.length; i++) {
            byte[] damaged = written.clone();
            damaged[i] ^= 1;
            Files.write(file("digits"), damaged);
            assertThrows(InvalidRoleException.class, () -> roles.read("digits"));
            Files.write(file("digits"), Arrays.copyOf(written, i));
            assertThrows(InvalidRoleException.class, () -> roles.read("digits"));
        }
        Files.write(file("ads"), written);
        IOException other = assertThrows(InvalidRoleException.class, () -> roles.read("ads"));
        assertTrue(String.valueOf(other.getMessage()).contains("belongs to the model digits"), other::getMessage);
        assertFalse(String.valueOf(other.getMessage()).contains(folder.toString()));
    }

    @Test
    void everyNameAFolderCanHaveIsRecorded() throws IOException {
        String longest = "n".repeat(255);
        roles.write(longest, OLD);
        assertEquals(Optional.of(OLD), roles.read(longest));
    }

    /// What they say reaches the clients of a model without a champion.
    @Test
    void failuresNameTheReasonAndNoPath() throws IOException {
        Files.createDirectories(file("digits").resolve("in the way"));
        IOException unwritten = assertThrows(IOException.class, () -> roles.write("digits", NEW));
        IOException unread = assertThrows(IOException.class, () -> roles.read("digits"));
        for (IOException failure : List.of(unwritten, unread)) {
            assertFalse(String.valueOf(failure.getMessage()).contains("/"), failure::getMessage);
            assertFalse(String.valueOf(failure.getMessage()).isBlank());
        }
    }

    @Test
    void onlyWellFormedNamesAreTaken() {
        assertThrows(IllegalArgumentException.class, () -> roles.read("../digits"));
        assertThrows(IllegalArgumentException.class, () -> roles.read(".unfinished"));
        assertThrows(IllegalArgumentException.class, () -> new Champion("A".repeat(64), "1"));
        assertThrows(IllegalArgumentException.class, () -> new Champion("a".repeat(64), "1\nsha256 x"));
    }

    @Test
    void killingTheWriterAtAnyMomentLeavesOneOfTheTwo() throws Exception {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        for (int kill = 0; kill < 3; kill++) {
            Process writer = new ProcessBuilder(java, "-XX:TieredStopAtLevel=1", "-cp",
                    System.getProperty("java.class.path"), Writer.class.getName(),
                    folder.resolve("state/roles").toString()).redirectErrorStream(true).start();
            try (BufferedReader out = writer.inputReader(StandardCharsets.UTF_8)) {
                for (int line = 0; line <= kill * 7; line++) {
                    assertEquals("written", out.readLine());
                }
            } finally {
                writer.destroyForcibly().waitFor();
            }
            Champion survivor = roles.read("digits").orElseThrow();
            assertTrue(survivor.equals(OLD) || survivor.equals(NEW));
        }
    }

    /// Writes the two champions in turn until it is killed.
    static final class Writer {
        private Writer() {}

        public static void main(String[] args) throws IOException {
            ChampionFile roles = ChampionFile.in(Path.of(args[0]));
            while (true) {
                roles.write("digits", OLD);
                roles.write("digits", NEW);
                System.out.println("written");
            }
        }
    }
}
