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
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Thread-safe. Keeps the champion of every model on disk, one small text file a model.
///
/// A write goes to a file beside it, is synced, renamed over the old one, and the folder is synced: whenever the
/// process or the machine stops, what is read afterwards is the old champion or the new one, whole. A check line tells
/// a file that was damaged since.
public final class ChampionFile {
    private static final Pattern MODEL = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]*");
    private static final Pattern CONTENT = Pattern.compile("""
            (understudy champion 1
            model (.+)
            version (.+)
            sha256 (.+)
            )check ([0-9a-f]{64})
            """);
    private static final int FILE_BYTES_MAX = 4096;
    /// One at a time is written. Model names never begin with a dot, so this is no model's record, and it is no longer than
    /// any of theirs. A leftover is overwritten by the next write.
    private static final String UNFINISHED = ".unfinished";

    private final Path folder;

    private ChampionFile(Path folder) {
        this.folder = folder;
    }

    /// Uses a folder, which is made if need be.
    public static ChampionFile in(Path folder) throws IOException {
        boolean isNew = !Files.isDirectory(folder);
        Files.createDirectories(folder);
        Path parent = folder.toAbsolutePath().getParent();
        if (isNew && parent != null) {
            sync(parent);
        }
        return new ChampionFile(folder);
    }

    /// The champion on record, empty when none ever was.
    ///
    /// @throws InvalidRoleException when there is a record and it is not exactly what was written
    /// @throws IOException          when it cannot be read; the message names no path
    public synchronized Optional<Champion> read(String model) throws IOException {
        byte[] bytes;
        try (var in = Files.newInputStream(file(model))) {
            bytes = in.readNBytes(FILE_BYTES_MAX + 1);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new IOException(IoReason.of(e), e);
        }
        Matcher content = CONTENT.matcher(new String(bytes, StandardCharsets.UTF_8));
        if (!content.matches()) {
            throw new InvalidRoleException(model, "it is not in the form it was written in");
        }
        if (!content.group(5).equals(sha256(content.group(1)))) {
            throw new InvalidRoleException(model, "its content does not match its check line");
        }
        if (!content.group(2).equals(model)) {
            throw new InvalidRoleException(model, "it belongs to the model " + content.group(2));
        }
        try {
            return Optional.of(new Champion(content.group(4), content.group(3)));
        } catch (IllegalArgumentException e) {
            throw new InvalidRoleException(model, "it names no version");
        }
    }

    /// Records the champion. When it returns the record survives a power cut; when it throws the one before may stand
    /// or the new one.
    ///
    /// @throws IOException when it cannot be written; the message names no path
    public synchronized void write(String model, Champion champion) throws IOException {
        String content = "understudy champion 1\nmodel " + model + "\nversion " + champion.version() + "\nsha256 "
                + champion.sha256() + "\n";
        ByteBuffer bytes = ByteBuffer
                .wrap((content + "check " + sha256(content) + "\n").getBytes(StandardCharsets.UTF_8));
        try {
            replace(file(model), bytes);
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

    private static String sha256(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
