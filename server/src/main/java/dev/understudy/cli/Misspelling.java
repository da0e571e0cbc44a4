package dev.understudy.cli;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.IntStream;
import picocli.CommandLine;

/// An argument that a command does not know. Immutable.
///
/// @param argument as it was given
record Misspelling(CommandLine command, String argument) {
    /// What was wrong and what would be right, in one sentence.
    String sentence() {
        String name = argument.replaceFirst("=.*", "");
        String of = command.getCommandSpec().qualifiedName();
        if (name.length() > 1 && name.startsWith("-")) {
            return "`" + of + "` has no option " + name
                    + nearest(name, command.getCommandSpec().optionsMap().keySet())
                            .map(known -> "; did you mean " + known + "?").orElse("");
        }
        Collection<String> commands = command.getSubcommands().keySet();
        return commands.isEmpty()
                ? "`" + of + "` does not take " + name + ", an argument too many"
                : "there is no command " + name + "; " + nearest(name, commands)
                        .map(known -> "did you mean " + known + "?")
                        .orElse("there are " + String.join(", ", commands));
    }

    /// The known word that a slip or two away is this one: no more than one in three letters.
    private static Optional<String> nearest(String word, Collection<String> known) {
        return known.stream().filter(each -> distance(word, each) <= each.length() / 3)
                .min(Comparator.comparingInt(each -> distance(word, each)));
    }

    /// The fewest letters to insert, delete or replace (Levenshtein).
    static int distance(String from, String to) {
        int[] row = IntStream.rangeClosed(0, to.length()).toArray();
        for (int i = 1; i <= from.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int replaced = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[to.length()];
    }
}
