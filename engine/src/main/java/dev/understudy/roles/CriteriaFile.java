package dev.understudy.roles;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Thread-safe. Keeps the criteria that were set while the server ran, one small text file a model: the old ones or the new
/// ones, whole, whenever the process or the machine stops.
public final class CriteriaFile {
    private static final Pattern CONTENT = Pattern.compile("""
            (understudy criteria 1
            by (.*)
            at (\\d{1,18})
            text
            ([\\s\\S]*)
            )check ([0-9a-f]{64})
            """);
    private static final int FILE_BYTES_MAX = 1 << 20;

    private final DurableFolder folder;

    private CriteriaFile(DurableFolder folder) {
        this.folder = folder;
    }

    /// Uses a folder, which is made if need be.
    public static CriteriaFile in(Path folder) throws IOException {
        return new CriteriaFile(DurableFolder.in(folder));
    }

    /// The criteria set for a model, empty when those in its `model.yaml` count.
    ///
    /// @throws IOException when they cannot be read, or are not what was written
    public synchronized Optional<SetCriteria> read(String model) throws IOException {
        Optional<String> text = folder.read(model, FILE_BYTES_MAX);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        Matcher content = CONTENT.matcher(text.get());
        if (!content.matches() || !content.group(5).equals(DurableFolder.check(content.group(1)))) {
            throw new IOException("the criteria set for model " + model + " are damaged; set them again");
        }
        return Optional.of(new SetCriteria(content.group(4), content.group(2), Long.parseLong(content.group(3))));
    }

    /// Records criteria. When it returns they survive a power cut.
    public synchronized void write(String model, SetCriteria criteria) throws IOException {
        String content = "understudy criteria 1\nby " + criteria.by().replaceAll("\\R", " ") + "\nat "
                + criteria.atMillis() + "\ntext\n" + criteria.text() + "\n";
        folder.write(model, content + "check " + DurableFolder.check(content) + "\n");
    }

    /// Goes back to the criteria in `model.yaml`.
    public synchronized void remove(String model) throws IOException {
        folder.remove(model);
    }
}
