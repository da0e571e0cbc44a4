package dev.understudy.cli;

import dev.understudy.cli.demo.DemoCommand;
import picocli.CommandLine;
import picocli.CommandLine.IFactory;

/// Makes the commands that draw on a terminal with the terminal they draw on; the rest picocli makes itself.
/// Thread-safe.
record CommandFactory(Terminal terminal) implements IFactory {
    @Override
    public <K> K create(Class<K> type) throws Exception {
        if (type == StatusCommand.class) {
            return type.cast(new StatusCommand(terminal));
        }
        if (type == DemoCommand.class) {
            return type.cast(new DemoCommand(terminal));
        }
        if (type == DiffsCommand.class) {
            return type.cast(new DiffsCommand(terminal));
        }
        if (type == VerdictCommand.class) {
            return type.cast(new VerdictCommand(terminal));
        }
        if (type == ReplayCommand.class) {
            return type.cast(new ReplayCommand(terminal));
        }
        if (type == DoctorCommand.class) {
            return type.cast(new DoctorCommand(terminal));
        }
        return CommandLine.defaultFactory().create(type);
    }
}
