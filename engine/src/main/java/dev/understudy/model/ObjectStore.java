package dev.understudy.model;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Thread-safe. Keeps copies of versions under their SHA-256; sessions are opened on these and never on the originals.
///
/// `objects/<sha256>/model.onnx` and the external files beside it under their own names, all read-only. A copy is made
/// under another name, synced, and renamed when it is whole, so what has a SHA-256 for a name was complete then. What may have
/// become of it since, by a disk or a person, is looked at once a process, before it is first used. One process at a time may use
/// a folder.
public final class ObjectStore {
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
    private static final String UNFINISHED = "tmp-";
    /// For so long after its last use a copy counts as used: whoever it was taken for may not have said so yet.
    private static final Duration GRACE = Duration.ofMinutes(10);

    private final Path folder;
    private final InstantSource clock;
    /// Guards the names in the folder, `bytesBySha256` and `sound`. Not held while bytes are copied, but while those of a copy
    /// are looked at for the first time, which keeps it from being deleted meanwhile.
    private final Object lock = new Object();
    private final Map<String, Long> bytesBySha256 = new HashMap<>();
    /// Those whose bytes have been seen to have their SHA-256.
    private final Set<String> sound = new HashSet<>();

    private ObjectStore(Path folder, InstantSource clock) {
        this.folder = folder;
        this.clock = clock;
    }

    /// What became of an attempt to copy a version.
    sealed interface Taking {
        /// The copy is in the store.
        record Taken(ModelVersion version) implements Taking {}

        /// The files changed under the attempt; nothing was kept.
        record Changed() implements Taking {}

        /// The attempt failed for a reason that is not in the files' bytes; nothing was kept.
        ///
        /// @param reason one sentence without paths
        record Failed(String reason) implements Taking {}
    }

    /// Opens the folder, makes it if need be, and removes what a crash left unfinished.
    ///
    /// @throws IOException when the folder cannot be made, listed or cleaned
    public static ObjectStore open(Path folder) throws IOException {
        return open(folder, InstantSource.system());
    }

    static ObjectStore open(Path folder, InstantSource clock) throws IOException {
        Files.createDirectories(folder);
        ObjectStore store = new ObjectStore(folder.toAbsolutePath(), clock);
        for (Path entry : children(folder)) {
            String name = String.valueOf(entry.getFileName());
            if (name.startsWith(UNFINISHED)) {
                deleteTree(entry);
            } else if (SHA256.matcher(name).matches()) {
                store.bytesBySha256.put(name, treeBytes(entry));
            }
        }
        return store;
    }

    /// Copies the files into the store, unless their bytes are there already.
    ///
    /// @param files    as they were when they were found to be a whole model
    /// @param stopping asked between blocks; when true the attempt ends as failed
    Taking take(String model, String version, VersionFiles files, BooleanSupplier stopping) {
        try {
            // A file of a size the store does not know cannot be in it: most new versions are read once, not twice.
            boolean maybeKnown;
            synchronized (lock) {
                maybeKnown = bytesBySha256.containsValue(files.bytes());
            }
            if (maybeKnown) {
                String sha256 = ObjectCopy.hash(files, stopping);
                if (!files.areUnchanged()) {
                    return new Taking.Changed();
                }
                synchronized (lock) {
                    if (isIntact(sha256, files) && isSound(sha256, stopping)) {
                        return new Taking.Taken(use(model, version, sha256));
                    }
                }
            }
            return copy(model, version, files, stopping);
        } catch (NoSuchFileException e) {
            return Files.isDirectory(folder)
                    ? new Taking.Changed()
                    : new Taking.Failed("the object store's folder is gone");
        } catch (ObjectCopy.Stopped e) {
            return new Taking.Failed("the server is stopping");
        } catch (IOException e) {
            return new Taking.Failed("it cannot be copied to the object store: " + IoReason.of(e));
        }
    }

    private Taking copy(String model, String version, VersionFiles files, BooleanSupplier stopping)
            throws IOException, ObjectCopy.Stopped {
        long usableBytes = Files.getFileStore(folder).getUsableSpace();
        // Some file systems answer 0 for "unknown"; a full one will say so when it is written to.
        if (usableBytes > 0 && usableBytes < files.bytes()) {
            // Without the bytes that are free: they differ from try to try, and this is to be told once.
            return new Taking.Failed("the object store has no room for its " + files.bytes() + " bytes");
        }
        Path unfinished = Files.createTempDirectory(folder, UNFINISHED);
        try {
            String sha256 = ObjectCopy.copy(files, unfinished, stopping);
            if (!files.areUnchanged() || !ObjectCopy.matches(files, unfinished)) {
                return new Taking.Changed();
            }
            synchronized (lock) {
                if (!isIntact(sha256, files) || !isSound(sha256, stopping)) {
                    publish(unfinished, sha256, files.bytes());
                }
                return new Taking.Taken(use(model, version, sha256));
            }
        } finally {
            deleteTree(unfinished);
        }
    }

    /// The version whose bytes have this SHA-256, if the store still holds them undamaged.
    public Optional<ModelVersion> find(String model, String version, String sha256) throws IOException {
        try {
            synchronized (lock) {
                boolean held = bytesBySha256.containsKey(sha256) && Files.isRegularFile(onnx(sha256));
                return held && isSound(sha256, () -> false)
                        ? Optional.of(use(model, version, sha256))
                        : Optional.empty();
            }
        } catch (ObjectCopy.Stopped e) {
            throw new IllegalStateException("nobody asked to stop", e);
        }
    }

    /// Deletes copies that nobody uses, those unused for longest first, until the rest of them fits. What was taken or
    /// found within the last ten minutes stays, even if nobody is known to use it yet and the rest does not fit.
    ///
    /// @param sha256InUse    never deleted: every version announced and not gone, and every one with a role or evidence
    /// @param unusedBytesMax what the other copies may take together
    public void retain(Set<String> sha256InUse, long unusedBytesMax) throws IOException {
        record Unused(String sha256, FileTime lastUse, long bytes) {}
        synchronized (lock) {
            Instant now = clock.instant();
            List<Unused> unused = new ArrayList<>();
            for (Map.Entry<String, Long> entry : bytesBySha256.entrySet()) {
                if (!sha256InUse.contains(entry.getKey())) {
                    Path object = folder.resolve(entry.getKey());
                    FileTime lastUse = Files.exists(object)
                            ? Files.getLastModifiedTime(object)
                            : FileTime.fromMillis(0);
                    unused.add(new Unused(entry.getKey(), lastUse, entry.getValue()));
                }
            }
            unused.sort(Comparator.comparing(Unused::lastUse).thenComparing(Unused::sha256));
            long bytes = unused.stream().mapToLong(Unused::bytes).sum();
            for (Unused object : unused) {
                if (bytes <= unusedBytesMax) {
                    return;
                }
                // A last use in the future is no use at all, but a clock that was wrong.
                if (Duration.between(object.lastUse().toInstant(), now).abs().compareTo(GRACE) >= 0) {
                    remove(object.sha256());
                    bytes -= object.bytes();
                }
            }
        }
    }

    private void publish(Path unfinished, String sha256, long bytes) throws IOException {
        if (Files.exists(folder.resolve(sha256))) {
            remove(sha256);
        }
        Files.move(unfinished, folder.resolve(sha256), StandardCopyOption.ATOMIC_MOVE);
        ObjectCopy.sync(folder);
        bytesBySha256.put(sha256, bytes);
        sound.add(sha256);
    }

    /// Renamed before it is deleted, so that a crash leaves no part of it under its SHA-256.
    private void remove(String sha256) throws IOException {
        bytesBySha256.remove(sha256);
        sound.remove(sha256);
        Path grave = Files.createTempDirectory(folder, UNFINISHED);
        if (Files.exists(folder.resolve(sha256))) {
            Files.move(folder.resolve(sha256), grave, StandardCopyOption.ATOMIC_MOVE);
        }
        deleteTree(grave);
    }

    /// A copy somebody has cut or emptied since is made again.
    private boolean isIntact(String sha256, VersionFiles files) throws IOException {
        if (!bytesBySha256.containsKey(sha256)) {
            return false;
        }
        for (Map.Entry<String, FileStamp> file : files.stamps().entrySet()) {
            Path copy = folder.resolve(sha256).resolve(file.getKey());
            if (!Files.isRegularFile(copy) || Files.size(copy) != file.getValue().bytes()) {
                return false;
            }
        }
        return true;
    }

    /// A copy with other bytes than its name says is made again, or is as good as none.
    private boolean isSound(String sha256, BooleanSupplier stopping) throws IOException, ObjectCopy.Stopped {
        if (!sound.contains(sha256) && sha256.equals(ObjectCopy.hash(folder.resolve(sha256), stopping))) {
            sound.add(sha256);
        }
        return sound.contains(sha256);
    }

    private ModelVersion use(String model, String version, String sha256) throws IOException {
        Files.setLastModifiedTime(folder.resolve(sha256), FileTime.from(clock.instant()));
        return new ModelVersion(model, version, sha256, onnx(sha256), bytesBySha256.getOrDefault(sha256, 0L));
    }

    private Path onnx(String sha256) {
        return folder.resolve(sha256).resolve(ContentHash.ONNX_NAME);
    }

    private static List<Path> children(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static long treeBytes(Path root) throws IOException {
        long bytes = 0;
        try (Stream<Path> tree = Files.walk(root)) {
            for (Path path : tree.filter(Files::isRegularFile).toList()) {
                bytes += Files.size(path);
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        return bytes;
    }

    private static void deleteTree(Path root) throws IOException {
        if (!Files.exists(root)) {
            return;
        }
        try (Stream<Path> tree = Files.walk(root)) {
            for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }
}
