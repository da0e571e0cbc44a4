package dev.understudy.journal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A process of its own that holds a journal, to be killed.
final class JournalChild {
    private JournalChild() {}

    /// Starts the child. Its temporary directory is `temporary`.
    static Process start(Path directory, Path temporary, String... shellPrefix) throws IOException {
        List<String> command = new ArrayList<>(List.of(shellPrefix));
        command.addAll(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED", "-Xmx128m", "-Djava.io.tmpdir=" + temporary, "-cp",
                System.getProperty("java.class.path"), JournalChild.class.getName(), directory.toString()));
        return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    }

    /// Appends comparisons `r-1`, `r-2`, ... without end and prints every committed position; or why it cannot, and ends.
    public static void main(String[] arguments) throws JournalException {
        JournalLimits limits = JournalLimits.DEFAULTS.withBuffer(
                new JournalLimits.Buffer(64, 1 << 20, 16, TimeUnit.MILLISECONDS.toNanos(20), Long.MAX_VALUE, 16));
        Journal journal = Journal.open(Path.of(arguments[0]), limits);
        if (journal.failure().isPresent()) {
            System.out.println(journal.failure().get());
            return;
        }
        long printed = -1;
        for (int number = 1;; number++) {
            journal.append(Samples.capture(Samples.comparison(Samples.PAIR, "r-" + number, null,
                    Samples.NOON + number * 100L, number % 3), number));
            long committed = journal.committed().sequence();
            if (committed != printed) {
                System.out.println(committed);
                printed = committed;
            }
        }
    }
}
