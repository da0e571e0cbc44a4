package dev.understudy.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/// A server that runs under a [Supervisor], seen from its parent: the same program, started by the same launcher with the same
/// arguments. Its streams are the parent's own. Thread-safe.
record ServingProcess(Process process) implements Supervisor.Child {
    /// Where the launcher lies; it says so itself.
    static final String LAUNCHER = "understudy.launcher";

    /// Starts one.
    ///
    /// @param launcher the program, as a person starts it
    /// @param args     the arguments of this process
    /// @param lastExit how the one before ended
    static ServingProcess start(String launcher, List<String> args, OptionalInt lastExit) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command(launcher, args)).inheritIO();
        builder.environment().put(Supervision.VARIABLE, Supervision.word(lastExit));
        return new ServingProcess(builder.start());
    }

    /// What it is started with: all that its parent was, but not told to supervise.
    static List<String> command(String launcher, List<String> args) {
        List<String> command = new ArrayList<>();
        command.add(launcher);
        command.addAll(args);
        command.removeIf(arg -> arg.equals(ServeCommand.SUPERVISE) || arg.startsWith(ServeCommand.SUPERVISE + "="));
        return command;
    }

    @Override
    public int await() throws InterruptedException {
        return process.waitFor();
    }

    @Override
    public void stop() {
        process.destroy();
    }

    @Override
    public void kill() {
        process.destroyForcibly();
    }
}
