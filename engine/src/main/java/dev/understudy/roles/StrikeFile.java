package dev.understudy.roles;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Thread-safe. Keeps what is held against versions, one small text file each, by their SHA-256: the old text or the new one,
/// whole, whenever the process or the machine stops.
public final class StrikeFile {
    private static final Pattern CONTENT = Pattern.compile("""
            (understudy strike 1
            sha256 (.+)
            verdict (suspected|struck off)
            reason (.+)
            )check ([0-9a-f]{64})
            """);
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
    private static final int FILE_BYTES_MAX = 4096;

    private final DurableFolder folder;

    private StrikeFile(DurableFolder folder) {
        this.folder = folder;
    }

    /// Uses a folder, which is made if need be.
    public static StrikeFile in(Path folder) throws IOException {
        return new StrikeFile(DurableFolder.in(folder));
    }

    /// All there is, by SHA-256. A damaged record counts as struck off: it was written for a reason, and taking the version's
    /// file away lifts that too.
    ///
    /// @throws IOException when they cannot be read; the message names no path
    public synchronized Map<String, Strike> readAll() throws IOException {
        Map<String, Strike> strikes = new LinkedHashMap<>();
        for (String sha256 : folder.names()) {
            if (SHA256.matcher(sha256).matches()) {
                strikes.put(sha256, parse(sha256, folder.read(sha256, FILE_BYTES_MAX).orElse("")));
            }
        }
        return strikes;
    }

    private static Strike parse(String sha256, String text) {
        Matcher content = CONTENT.matcher(text);
        return content.matches() && content.group(5).equals(DurableFolder.check(content.group(1)))
                && content.group(2).equals(sha256)
                        ? new Strike(content.group(3).equals("struck off"), content.group(4))
                        : new Strike(true, "there is a record against it, which is damaged");
    }

    /// Records what is held against a version. When it returns it survives a power cut.
    ///
    /// @throws IOException when it cannot be written; the message names no path
    public synchronized void write(String sha256, Strike strike) throws IOException {
        String content = "understudy strike 1\nsha256 " + sha256 + "\nverdict "
                + (strike.struckOff() ? "struck off" : "suspected") + "\nreason "
                + strike.reason().replaceAll("\\R", " ") + "\n";
        folder.write(sha256, content + "check " + DurableFolder.check(content) + "\n");
    }

    /// Forgets what is held against a version, if anything is.
    public synchronized void remove(String sha256) throws IOException {
        folder.remove(sha256);
    }
}
