package dev.understudy.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

final class ServingProcessTest {
    private static final List<String> SERVED = List.of("serve", "--http-port=0", "--repository", "r");

    private static boolean supervises(List<String> args) {
        ParseResult parsed = Main.commandLine(Terminal.PLAIN).parseArgs(args.toArray(String[]::new));
        return parsed.subcommand().matchedOptionValue(ServeCommand.SUPERVISE, false);
    }

    private static List<String> with(String supervise, int place) {
        List<String> args = new ArrayList<>(SERVED);
        args.add(place, supervise);
        return args;
    }

    @ParameterizedTest
    @ValueSource(strings = {"--supervise", "--supervise=true", "--supervise=TRUE"})
    void aServerIsStartedAsItsSupervisorWasButSupervisesNothing(String supervise) {
        assertFalse(supervises(SERVED));
        for (int place : new int[]{1, 2, 4}) {
            List<String> args = with(supervise, place);
            assertTrue(supervises(args), args::toString);
            List<String> command = ServingProcess.command("/bin/understudy", args);
            assertEquals("/bin/understudy", command.getFirst());
            assertEquals(SERVED, command.subList(1, command.size()));
        }
    }

    /// Else it would be left out of the server's arguments there too.
    @Test
    void theSwitchIsNeverTheValueOfAnotherOption() {
        assertThrows(ParameterException.class, () -> supervises(with(ServeCommand.SUPERVISE, 3)));
    }
}
