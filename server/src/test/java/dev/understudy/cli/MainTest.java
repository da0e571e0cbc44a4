package dev.understudy.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

final class MainTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... args) {
        CommandLine line = Main.commandLine(Terminal.PLAIN);
        line.setOut(new PrintWriter(out));
        line.setErr(new PrintWriter(err));
        return line.execute(args);
    }

    @Test
    void onlyCommandsThatWorkAreThere() {
        assertEquals(List.of("serve", "demo", "status", "diffs", "verdict", "replay", "doctor"),
                List.copyOf(Main.commandLine(Terminal.PLAIN).getSubcommands().keySet()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "serve", "demo", "status", "diffs", "verdict", "replay", "doctor"})
    void everyCommandExplainsItself(String command) {
        assertEquals(ExitCode.OK, command.isEmpty() ? run("--help") : run(command, "--help"));
        assertTrue(out.toString().contains("Usage: understudy"), out.toString());
        assertEquals("", err.toString());
    }

    @Test
    void theVersionIsOneLine() {
        assertEquals(ExitCode.OK, run("--version"));
        assertTrue(out.toString().matches("understudy \\S+ \\(Java .*\\)\\R"), out.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "promote", "serve --frobnicate", "serve --http-port many", "serve --http-port -1",
        "serve --log-format xml", "serve --device tpu", "doctor --device gpu", "doctor now", "serve",
        "demo --seconds 1", "demo --rate 0", "status a b"})
    void aWrongUsageIsSaidInALineOrTwoWithoutAStackTrace(String args) {
        assertEquals(ExitCode.USAGE, args.isEmpty() ? run() : run(args.split(" ", -1)));
        assertTrue(err.toString().startsWith("understudy: "), err.toString());
        assertTrue(err.toString().lines().count() <= 2, err.toString());
        assertEquals("", out.toString());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            promote              | there is no command promote; there are serve, demo, status, diffs, verdict, replay, doctor
            stauts               | there is no command stauts; did you mean status?
            verdit digits        | there is no command verdit; did you mean verdict?
            --verison            | `understudy` has no option --verison; did you mean --version?
            diffs m --wosrt=5    | `understudy diffs` has no option --wosrt; did you mean --worst?
            doctor --frobnicate  | `understudy doctor` has no option --frobnicate
            status a b           | `understudy status` does not take b, an argument too many
            """)
    void whatIsUnknownIsAnsweredWithWhatIsMeant(String args, String said) {
        assertEquals(ExitCode.USAGE, run(args.split(" ", -1)));
        assertEquals("understudy: " + said, err.toString().lines().findFirst().orElseThrow());
    }
}
