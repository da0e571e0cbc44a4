package dev.understudy.roles;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Thread-safe. Keeps the champion of every model on disk, one small text file a model: the old one or the new one, whole,
/// whenever the process or the machine stops. A check line tells a file that was damaged since.
public final class ChampionFile {
    private static final Pattern CONTENT = Pattern.compile("""
            (understudy champion 1
            model (.+)
            version (.+)
            sha256 (.+)
            )check ([0-9a-f]{64})
            """);
    private static final int FILE_BYTES_MAX = 4096;

    private final DurableFolder folder;

    private ChampionFile(DurableFolder folder) {
        this.folder = folder;
    }

    /// Uses a folder, which is made if need be.
    public static ChampionFile in(Path folder) throws IOException {
        return new ChampionFile(DurableFolder.in(folder));
    }

    /// The champion on record, empty when none ever was.
    ///
    /// @throws InvalidRoleException when there is a record and it is not exactly what was written
    /// @throws IOException          when it cannot be read; the message names no path
    public synchronized Optional<Champion> read(String model) throws IOException {
        Optional<String> text = folder.read(model, FILE_BYTES_MAX);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        Matcher content = CONTENT.matcher(text.get());
        if (!content.matches()) {
            throw new InvalidRoleException(model, "it is not in the form it was written in");
        }
        if (!content.group(5).equals(DurableFolder.check(content.group(1)))) {
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
        folder.write(model, content + "check " + DurableFolder.check(content) + "\n");
    }
}
