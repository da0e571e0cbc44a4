package dev.understudy.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.understudy.model.ObjectStore.Taking;
import dev.understudy.model.OnnxFile.ExternalFile;
import dev.understudy.model.OnnxFile.Reading;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ObjectStoreTest {
    private final Path folder;
    private final Path objects;
    private final ObjectStore store;
    private Instant now = Instant.parse("2026-11-22T12:00:00Z");

    ObjectStoreTest(@TempDir Path folder) throws IOException {
        this.folder = folder;
        objects = folder.resolve("state/objects");
        store = ObjectStore.open(objects, () -> now);
    }

    private static VersionFiles look(Path onnx) throws IOException {
        List<ExternalFile> external = ((Reading.Usable) OnnxFile.read(onnx)).external();
        return VersionFiles.look(onnx, external);
    }

    private ModelVersion take(Path onnx) throws IOException {
        return assertInstanceOf(Taking.Taken.class, store.take("m", "1", look(onnx), () -> false)).version();
    }

    private Path model(String name, String content) throws IOException {
        return Files.write(folder.resolve(name), OnnxBytes.named(content));
    }

    private Set<String> stored() throws IOException {
        Set<String> names = new TreeSet<>();
        try (Stream<Path> entries = Files.list(objects)) {
            entries.forEach(entry -> names.add(String.valueOf(entry.getFileName())));
        }
        return names;
    }

    private static String sha256(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }

    @Test
    void aSingleFileHasThePlainHashOfItsBytes() throws Exception {
        Path onnx = model("2.onnx", "two");
        ModelVersion version = take(onnx);
        assertEquals(sha256(Files.readAllBytes(onnx)), version.sha256());
        assertEquals(objects.resolve(version.sha256()).resolve("model.onnx"), version.file());
        assertArrayEquals(Files.readAllBytes(onnx), Files.readAllBytes(version.file()));
        assertEquals(Files.size(onnx), version.bytes());
        assertEquals("r--r--r--", PosixFilePermissions.toString(Files.getPosixFilePermissions(version.file())));
    }

    @Test
    void severalFilesHaveTheHashOfTheListSha256sumPrints() throws Exception {
        Path onnx = Files.write(folder.resolve("2.onnx"), OnnxBytes.withExternal("weights/z.bin"));
        Files.createDirectory(folder.resolve("weights"));
        byte[] weights = "weights".getBytes(StandardCharsets.UTF_8);
        Files.write(folder.resolve("weights/z.bin"), weights);
        ModelVersion version = take(onnx);
        String list = sha256(Files.readAllBytes(onnx)) + "  model.onnx\n" + sha256(weights) + "  weights/z.bin\n";
        assertEquals(sha256(list.getBytes(StandardCharsets.UTF_8)), version.sha256());
        assertArrayEquals(weights, Files.readAllBytes(version.file().resolveSibling("weights/z.bin")));
        assertEquals(Files.size(onnx) + weights.length, version.bytes());

        Files.writeString(folder.resolve("weights/z.bin"), "Weights");
        assertFalse(take(onnx).sha256().equals(version.sha256()), "the identity covers external data");
    }

    @Test
    void theSameBytesAreKeptOnceUnderWhateverNames() throws IOException {
        ModelVersion first = take(model("2.onnx", "same"));
        FileTime written = Files.getLastModifiedTime(first.file());
        ModelVersion second = take(model("better.onnx", "same"));
        assertEquals(first.file(), second.file());
        assertEquals(written, Files.getLastModifiedTime(second.file()));
        assertEquals(Set.of(first.sha256()), stored());
    }

    @Test
    void truncatingTheOriginalChangesNothingInTheStore() throws IOException {
        Path onnx = model("2.onnx", "kept");
        ModelVersion version = take(onnx);
        Files.write(onnx, new byte[0]);
        assertArrayEquals(OnnxBytes.named("kept"), Files.readAllBytes(version.file()));
    }

    @Test
    void filesThatChangeWhileTheyAreCopiedAreNotTaken() throws IOException {
        Path onnx = Files.write(folder.resolve("2.onnx"), OnnxBytes.weighing(3 << 20, 1));
        AtomicInteger blocks = new AtomicInteger();
        Taking taking = store.take("m", "2", look(onnx), () -> {
            if (blocks.incrementAndGet() == 2) {
                append(onnx);
            }
            return false;
        });
        assertInstanceOf(Taking.Changed.class, taking);
        assertEquals(Set.of(), stored());
    }

    private static void append(Path file) {
        try {
            Files.write(file, new byte[]{0}, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void aFileThatVanishesIsAChangeAndAStopLeavesNothing() throws IOException {
        Path onnx = model("2.onnx", "x");
        VersionFiles files = look(onnx);
        assertInstanceOf(Taking.Failed.class, store.take("m", "2", files, () -> true));
        assertEquals(Set.of(), stored());
        Files.delete(onnx);
        assertInstanceOf(Taking.Changed.class, store.take("m", "2", files, () -> false));
        assertEquals(Set.of(), stored());
    }

    @Test
    void aStoreThatCannotWriteSaysWhyWithoutPaths() throws IOException {
        VersionFiles files = look(model("2.onnx", "x"));
        Files.delete(objects);
        Taking.Failed gone = assertInstanceOf(Taking.Failed.class, store.take("m", "2", files, () -> false));
        assertFalse(gone.reason().contains(objects.toString()), gone.reason());
        Files.createFile(objects);
        Taking.Failed noFolder = assertInstanceOf(Taking.Failed.class, store.take("m", "2", files, () -> false));
        assertFalse(noFolder.reason().contains("/"), noFolder.reason());
    }

    @Test
    void openingRemovesWhatACrashLeftAndKeepsWhatIsWhole() throws IOException {
        ModelVersion version = take(model("2.onnx", "x"));
        Path leftover = Files.createDirectories(objects.resolve("tmp-123/weights"));
        Files.writeString(leftover.resolve("half"), "half");
        ObjectStore again = ObjectStore.open(objects);
        assertEquals(Set.of(version.sha256()), stored());
        assertEquals(Optional.of(version), again.find("m", "1", version.sha256()));
        assertEquals(Optional.empty(), again.find("m", "1", "0".repeat(64)));
    }

    @Test
    void aCopyThatWasCutIsMadeAgain() throws IOException {
        Path onnx = model("2.onnx", "whole");
        ModelVersion version = take(onnx);
        Files.delete(version.file());
        Files.writeString(version.file(), "cut");
        assertEquals(version, take(onnx));
        assertArrayEquals(OnnxBytes.named("whole"), Files.readAllBytes(version.file()));
    }

    @Test
    void aCopyWhoseBytesWereDamagedIsNotFoundAndIsMadeAgain() throws IOException {
        Path onnx = Files.write(folder.resolve("2.onnx"), OnnxBytes.withExternal("weights/z.bin"));
        Files.createDirectory(folder.resolve("weights"));
        Files.writeString(folder.resolve("weights/z.bin"), "weights");
        ModelVersion version = take(onnx);
        Path copy = version.file().resolveSibling("weights/z.bin");
        Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rw-r--r--"));
        Files.writeString(copy, "Weights");

        ObjectStore later = ObjectStore.open(objects, () -> now);
        assertEquals(Optional.empty(), later.find("m", "1", version.sha256()));
        assertEquals(new Taking.Taken(version), later.take("m", "1", look(onnx), () -> false));
        assertEquals("weights", Files.readString(copy));
        assertEquals(Optional.of(version), later.find("m", "1", version.sha256()));
    }

    @Test
    void unusedCopiesGoOldestUseFirstUntilTheRestFits() throws IOException {
        ModelVersion used = take(model("a.onnx", "aa"));
        ModelVersion oldest = take(model("b.onnx", "bb"));
        ModelVersion older = take(model("c.onnx", "cc"));
        ModelVersion newest = take(model("d.onnx", "dd"));
        for (ModelVersion version : List.of(used, oldest, older, newest)) {
            Files.setLastModifiedTime(objects.resolve(version.sha256()), FileTime.fromMillis(1000));
        }
        Files.setLastModifiedTime(objects.resolve(older.sha256()), FileTime.fromMillis(2000));
        store.find("m", "d", newest.sha256());
        now = now.plus(Duration.ofMinutes(10));

        store.retain(Set.of(used.sha256()), oldest.bytes() * 3);
        assertEquals(4, stored().size());
        store.retain(Set.of(used.sha256()), oldest.bytes() * 3 - 1);
        assertEquals(new TreeSet<>(Set.of(used.sha256(), older.sha256(), newest.sha256())), stored());
        store.retain(Set.of(used.sha256()), oldest.bytes());
        assertEquals(new TreeSet<>(Set.of(used.sha256(), newest.sha256())), stored());
        store.retain(Set.of(used.sha256()), 0);
        assertEquals(Set.of(used.sha256()), stored());
        assertEquals(Optional.empty(), store.find("m", "d", newest.sha256()));
    }

    @Test
    void aCopyTakenOrFoundWithinTenMinutesStaysThoughNobodyIsKnownToUseIt() throws IOException {
        ModelVersion first = take(model("a.onnx", "aa"));
        ModelVersion second = take(model("b.onnx", "bb"));
        now = now.plus(Duration.ofMinutes(10).minusMillis(1));
        store.retain(Set.of(), 0);
        assertEquals(new TreeSet<>(Set.of(first.sha256(), second.sha256())), stored());
        assertTrue(store.find("m", "a", first.sha256()).isPresent());
        assertEquals(second, take(model("again.onnx", "bb")));
        ModelVersion third = take(model("c.onnx", "cc"));
        now = now.plusMillis(1);
        store.retain(Set.of(), 0);
        assertEquals(3, stored().size(), "each was used a millisecond ago");
        now = now.plus(Duration.ofMinutes(10)).minusMillis(2);
        assertTrue(store.find("m", "c", third.sha256()).isPresent());
        now = now.plusMillis(1);
        store.retain(Set.of(), 0);
        assertEquals(Set.of(third.sha256()), stored());
    }

    @Test
    void aCopyLastUsedByAClockFarAheadCanBeDeleted() throws IOException {
        take(model("a.onnx", "aa"));
        now = now.minus(Duration.ofDays(1));
        store.retain(Set.of(), 0);
        assertEquals(Set.of(), stored());
    }
}
