package dev.understudy.model;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Reads a version's files block by block: hashes them, and copies them where asked. Stateless.
final class ObjectCopy {
    private static final int BLOCK_BYTES = 1 << 20;

    private ObjectCopy() {}

    /// Asked to stop before the end.
    static final class Stopped extends Exception {
        private static final long serialVersionUID = 1;

        private Stopped() {
            super(null, null, false, false);
        }
    }

    /// The plain SHA-256 of the first bytes of a file, of all of them where it has no more.
    static String hash(Path file, long bytesMax, BooleanSupplier stopping) throws IOException, Stopped {
        return read(file, bytesMax, null, stopping);
    }

    /// The version's identity.
    static String hash(VersionFiles files, BooleanSupplier stopping) throws IOException, Stopped {
        Map<String, String> hashes = new HashMap<>();
        for (String name : files.stamps().keySet()) {
            hashes.put(name, read(files.path(name), Long.MAX_VALUE, null, stopping));
        }
        return ContentHash.combine(hashes);
    }

    /// The identity of what lies in a folder under the names of the store.
    static String hash(Path folder, BooleanSupplier stopping) throws IOException, Stopped {
        Map<String, String> hashes = new HashMap<>();
        try (Stream<Path> tree = Files.walk(folder)) {
            for (Path file : tree.filter(Files::isRegularFile).toList()) {
                hashes.put(folder.relativize(file).toString(), read(file, Long.MAX_VALUE, null, stopping));
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        return ContentHash.combine(hashes);
    }

    /// Copies the files into a folder, read-only and synced to the disk.
    ///
    /// @return the identity of the bytes that were copied
    static String copy(VersionFiles files, Path target, BooleanSupplier stopping) throws IOException, Stopped {
        Map<String, String> hashes = new HashMap<>();
        for (String name : files.stamps().keySet()) {
            Path file = target.resolve(name);
            Path parent = file.getParent();
            if (parent != null) {
                Files.createDirectories(parent);
            }
            try (FileChannel out = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                hashes.put(name, read(files.path(name), Long.MAX_VALUE, out, stopping));
                Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--r--r--"));
                out.force(true);
            }
        }
        try (Stream<Path> tree = Files.walk(target)) {
            for (Path folder : tree.filter(Files::isDirectory).toList()) {
                sync(folder);
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        return ContentHash.combine(hashes);
    }

    /// True when the copy is a whole model that names exactly the files copied with it: what was looked through before
    /// the copy may not be what was copied.
    static boolean matches(VersionFiles files, Path target) throws IOException {
        if (!(OnnxFile.read(target.resolve(
                ContentHash.ONNX_NAME)) instanceof OnnxFile.Reading.Usable(List<OnnxFile.ExternalFile> external))) {
            return false;
        }
        TreeSet<String> names = new TreeSet<>(List.of(ContentHash.ONNX_NAME));
        external.forEach(file -> names.add(file.name()));
        return names.equals(files.stamps().keySet());
    }

    /// Makes the names in a folder durable.
    static void sync(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static String read(Path source, long bytesMax, @Nullable FileChannel out, BooleanSupplier stopping)
            throws IOException, Stopped {
        MessageDigest digest = ContentHash.newDigest();
        byte[] block = new byte[BLOCK_BYTES];
        long left = bytesMax;
        try (InputStream in = Files.newInputStream(source)) {
            for (int read = in.read(block); read > 0 && left > 0; read = in.read(block)) {
                if (stopping.getAsBoolean()) {
                    throw new Stopped();
                }
                read = (int) Math.min(read, left);
                left -= read;
                digest.update(block, 0, read);
                if (out != null) {
                    ByteBuffer bytes = ByteBuffer.wrap(block, 0, read);
                    while (bytes.hasRemaining()) {
                        out.write(bytes);
                    }
                }
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
