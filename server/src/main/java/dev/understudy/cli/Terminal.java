package dev.understudy.cli;

import java.io.Console;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Scanner;

/// What stdout can show. Immutable.
///
/// @param interactive a person watches: frames may be redrawn in place
/// @param colour      escape sequences for colour and weight are wanted
/// @param blocks      the character set has block elements to draw with
public record Terminal(boolean interactive, boolean colour, boolean blocks) {
    /// ASCII text only.
    public static final Terminal PLAIN = new Terminal(false, false, false);

    private static final int ROWS = 24;
    private static final String RESET = "\u001b[0m";

    /// The terminal this process was started on.
    @SuppressWarnings("SystemConsoleNull") // null off a terminal, as the default console provider has it
    public static Terminal ofProcess() {
        Console console = System.console();
        return of(console != null && console.isTerminal(), System.getenv(), System.out.charset());
    }

    /// @param environment `NO_COLOR` (set and not empty) takes colour away, `TERM=dumb` redrawing too
    static Terminal of(boolean isTerminal, Map<String, String> environment, Charset charset) {
        boolean interactive = isTerminal && !"dumb".equals(environment.get("TERM"));
        return new Terminal(interactive, interactive && environment.getOrDefault("NO_COLOR", "").isEmpty(),
                charset.newEncoder().canEncode('\u2588'));
    }

    /// Rows of the terminal this process was started on; 24 where nobody says.
    public static int rows() {
        try {
            Process asked = new ProcessBuilder("stty", "size").redirectInput(Path.of("/dev/tty").toFile())
                    .redirectError(Redirect.DISCARD).start();
            try (Scanner size = new Scanner(asked.getInputStream(), StandardCharsets.US_ASCII)) {
                int rows = size.hasNextInt() ? size.nextInt() : 0;
                return rows > 0 ? rows : ROWS;
            }
        } catch (IOException e) {
            return ROWS;
        }
    }

    public String bold(String text) {
        return styled("1", text);
    }

    public String dim(String text) {
        return styled("2", text);
    }

    public String green(String text) {
        return styled("32", text);
    }

    public String yellow(String text) {
        return styled("33", text);
    }

    public String red(String text) {
        return styled("31", text);
    }

    private String styled(String code, String text) {
        return colour ? "\u001b[" + code + "m" + text + RESET : text;
    }
}
