package dev.understudy.roles;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Thread-safe. Keeps what was measured of champions' noise, one small text file for each champion's bytes and model: the old
/// text or the new one, whole, whenever the process or the machine stops.
public final class NoiseFile {
    private static final Pattern CONTENT = Pattern.compile("""
            (understudy noise 1
            model (.+)
            champion (.+)
            text
            ([\\s\\S]*)
            )check ([0-9a-f]{64})
            """);
    private static final int FILE_BYTES_MAX = 16 << 20;

    private final Path folder;

    /// Uses a folder, which is made if need be.
    public NoiseFile(Path folder) {
        this.folder = folder;
    }

    /// What was measured of this champion of the model, empty when nothing was.
    ///
    /// @param sha256 the champion's
    /// @throws IOException when it cannot be read, or is not what was written; the message names no path
    public synchronized Optional<String> read(String model, String sha256) throws IOException {
        Optional<String> text = records(sha256).read(model, FILE_BYTES_MAX);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        Matcher content = CONTENT.matcher(text.get());
        if (!content.matches() || !content.group(5).equals(DurableFolder.check(content.group(1)))
                || !content.group(2).equals(model) || !content.group(3).equals(sha256)) {
            throw new IOException("the record of it is damaged");
        }
        return Optional.of(content.group(4));
    }

    /// Records what was measured. When it returns it survives a power cut.
    ///
    /// @throws IOException when it cannot be written; the message names no path
    public synchronized void write(String model, String sha256, String text) throws IOException {
        String content = "understudy noise 1\nmodel " + model + "\nchampion " + sha256 + "\ntext\n" + text + "\n";
        records(sha256).write(model, content + "check " + DurableFolder.check(content) + "\n");
    }

    private DurableFolder records(String sha256) throws IOException {
        return DurableFolder.in(DurableFolder.in(folder).folder().resolve(sha256));
    }
}
