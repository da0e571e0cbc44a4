package dev.understudy.cli;

import dev.understudy.ffm.StandardError;
import dev.understudy.runtime.DeviceChoice;
import java.io.PrintWriter;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;
import picocli.CommandLine;

/// Where the program starts. Expected failures become one line on stderr and an [ExitCode].
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        StandardError.restore();
        CommandLine line = commandLine(Terminal.ofProcess());
        line.setOut(new PrintWriter(System.out, true, System.out.charset()));
        line.setErr(new PrintWriter(System.err, true, System.err.charset()));
        System.exit(line.execute(args));
    }

    /// The commands, without their streams.
    ///
    /// @param terminal what stdout can show
    static CommandLine commandLine(Terminal terminal) {
        var line = new CommandLine(new UnderstudyCommand(), new CommandFactory(terminal));
        line.setParameterExceptionHandler((failure, args) -> refuse(failure));
        line.setExecutionExceptionHandler(Main::report);
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setUsageHelpAutoWidth(true);
        line.registerConverter(DeviceChoice.class, label -> DeviceChoice.of(label)
                .orElseThrow(() -> new TypeConversionException(ServeConfig.refuseDevice(label))));
        return line;
    }

    private static int refuse(ParameterException failure) {
        CommandLine command = failure.getCommandLine();
        PrintWriter err = command.getErr();
        String what = failure instanceof UnmatchedArgumentException unknown && !unknown.getUnmatched().isEmpty()
                ? new Misspelling(command, unknown.getUnmatched().getFirst()).sentence()
                : String.valueOf(failure.getMessage());
        err.println("understudy: " + oneLine(what));
        err.println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
        return command.getCommandSpec().exitCodeOnInvalidInput();
    }

    private static int report(Exception failure, CommandLine command, CommandLine.ParseResult parsed) {
        if (failure instanceof CommandFailure expected) {
            command.getErr().println("understudy: " + oneLine(String.valueOf(failure.getMessage())));
            return expected.exitCode();
        }
        command.getErr().println("understudy: internal error: " + oneLine(FaultLog.describe(failure)));
        return command.getCommandSpec().exitCodeOnExecutionException();
    }

    private static String oneLine(String message) {
        return message.strip().replaceAll("\\s*\\R\\s*", " ");
    }
}
