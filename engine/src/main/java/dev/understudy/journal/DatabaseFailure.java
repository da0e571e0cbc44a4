package dev.understudy.journal;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Says what the database's errors about its file mean, and what to do. Stateless.
final class DatabaseFailure {
    private static final Pattern HOLDER = Pattern.compile("PID (\\d+)");

    /// What the database says of a file that is not as it left it.
    private static final List<String> DAMAGE = List.of("not a valid DuckDB database", "Corrupt", "Serialization Error",
            "replaying WAL", "Could not read enough bytes", "INTERNAL Error");

    private DatabaseFailure() {}

    /// Why the file cannot be used, and what to do.
    static JournalException refusal(Throwable cause, Path directory) {
        if (cause instanceof LinkageError) {
            return new JournalException("the database's native library cannot be unpacked or loaded, for which"
                    + " java.io.tmpdir needs room and must allow programs: "
                    + brief(root(cause), Path.of(System.getProperty("java.io.tmpdir"))),
                    cause);
        }
        String message = String.valueOf(cause.getMessage());
        if (message.contains("Could not set lock")) {
            Matcher holder = HOLDER.matcher(message);
            String process = holder.find() ? " (process " + holder.group(1) + ")" : "";
            return new JournalException("the journal is in use by another process" + process, cause);
        }
        if (DAMAGE.stream().anyMatch(message::contains)) {
            return new JournalException(
                    "journal.duckdb is damaged or not a journal: move it and journal.duckdb.wal away to start a new one",
                    cause);
        }
        return new JournalException("the journal cannot be opened: " + brief(cause, directory), cause);
    }

    private static Throwable root(Throwable error) {
        Throwable root = error;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }

    /// What went wrong, in one line and without the place of the files.
    static String brief(Throwable cause, Path directory) {
        return String.valueOf(cause.getMessage()).lines().findFirst().orElse("").replace(directory + "/", "");
    }
}
