package dev.understudy.roles;

import dev.understudy.model.IoReason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// A folder of small text files, one a model, that survive whatever stops the process or the machine. Not thread-safe; owned
/// by one keeper of records. What it throws names no path.
///
/// A write goes to a file beside it, is synced, renamed over the old one, and the folder is synced: what is read
/// afterwards is the old text or the new one, whole.
record DurableFolder(Path folder) {
    private static final Pattern MODEL = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]*");
    /// One at a time is written. Model names never begin with a dot, so this is no model's record, and it is no longer than
    /// any of theirs. A leftover is overwritten by the next write.
    private static final String UNFINISHED = ".unfinished";

    /// Uses a folder, which is made if need be.
    static DurableFolder in(Path folder) throws IOException {
        boolean isNew = !Files.isDirectory(folder);
        Files.createDirectories(folder);
        Path parent = folder.toAbsolutePath().getParent();
        if (isNew && parent != null) {
            sync(parent);
        }
        return new DurableFolder(folder);
    }

    /// A model's text, empty when there is none; of a longer one the first `bytesMax` bytes and one more.
    Optional<String> read(String model, int bytesMax) throws IOException {
        try (var in = Files.newInputStream(file(model))) {
            return Optional.of(new String(in.readNBytes(bytesMax + 1), StandardCharsets.UTF_8));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new IOException(IoReason.of(e), e);
        }
    }

    /// When it returns the text survives a power cut; when it throws the one before may stand or the new one.
    void write(String model, String text) throws IOException {
        Path target = file(model);
        try {
            replace(target, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new IOException(IoReason.of(e), e);
        }
    }

    private void replace(Path target, ByteBuffer bytes) throws IOException {
        Path unfinished = folder.resolve(UNFINISHED);
        try (FileChannel out = FileChannel.open(unfinished, StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
            out.force(true);
        }
        Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        sync(folder);
    }

    /// Forgets a model's text, if there is one, as durably as it was written.
    void remove(String model) throws IOException {
        if (Files.deleteIfExists(file(model))) {
            sync(folder);
        }
    }

    /// Whose texts there are.
    List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).filter(name -> MODEL.matcher(name).matches())
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new IOException(IoReason.of(e), e);
        }
    }

    private Path file(String model) {
        if (!MODEL.matcher(model).matches()) {
            throw new IllegalArgumentException("not a model's name: model=" + model);
        }
        return folder.resolve(model);
    }

    private static void sync(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /// What tells a text that was damaged since it was written.
    static String check(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
