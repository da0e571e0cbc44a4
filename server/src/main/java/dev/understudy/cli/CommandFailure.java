package dev.understudy.cli;

/// A command cannot do what was asked. The message is the one line the person sees: what is wrong and what would help.
public final class CommandFailure extends Exception {
    private static final long serialVersionUID = 1;

    private final int exitCode;
    private final boolean passing;

    /// @param exitCode one of [ExitCode]
    public CommandFailure(int exitCode, String message) {
        this(exitCode, message, false);
    }

    private CommandFailure(int exitCode, String message, boolean passing) {
        super(message, null, false, false);
        this.exitCode = exitCode;
        this.passing = passing;
    }

    /// A failure that the same command may not meet a little later: a server that is away or starts anew.
    static CommandFailure passing(int exitCode, String message) {
        return new CommandFailure(exitCode, message, true);
    }

    boolean isPassing() {
        return passing;
    }

    public int exitCode() {
        return exitCode;
    }
}
