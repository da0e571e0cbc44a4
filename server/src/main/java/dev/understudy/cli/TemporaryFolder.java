package dev.understudy.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// A folder in the state folder that libraries take for the system's temporary one. Not thread-safe; owned by the
/// command that claims it.
///
/// Its name is nobody else's, process numbers alone would not do: in containers that share a volume, every server is
/// process 1. What others left is removed only by the one that holds the state folder's lock.
public final class TemporaryFolder implements AutoCloseable {
    private final Path parent;
    private final Path folder;

    private TemporaryFolder(Path parent, Path folder) {
        this.parent = parent;
        this.folder = folder;
    }

    /// Makes the folder. Call it before any library is touched.
    public static TemporaryFolder claim(Path state) throws CommandFailure {
        try {
            Path all = Files.createDirectories(state.resolve("tmp"));
            Path own = Files.createTempDirectory(all, ProcessHandle.current().pid() + "-");
            System.setProperty("java.io.tmpdir", own.toString());
            return new TemporaryFolder(all, own);
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.STATE,
                    "the state folder " + state + " cannot be written; give another with --state DIR");
        }
    }

    Path path() {
        return folder;
    }

    /// Removes what servers that are gone left behind. Call it only while an engine holds the state folder: then there
    /// is no other server whose folder it could be.
    public void removeOthers() {
        try (var entries = Files.list(parent)) {
            List<Path> others = entries.filter(entry -> !entry.equals(folder)).toList();
            for (Path other : others) {
                remove(other);
            }
        } catch (IOException _) {
            // They take up room and harm nobody; the next start tries again.
        }
    }

    /// Removes the folder, as far as nobody writes into it any more; the next start removes the rest.
    @Override
    public void close() {
        remove(folder);
    }

    private static void remove(Path path) {
        try {
            StateFolder.remove(path);
        } catch (IOException | UncheckedIOException _) {
            // As above.
        }
    }
}
